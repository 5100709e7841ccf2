/** The environment variables that lead devices and SDKs to an emulator and make them trust it. */
import { trustEnvironment } from '../emulator/service-door.ts';
import { CliError } from './exit.ts';
import { printError } from './terminal.ts';

export interface Whereabouts {
  /** Of the control API. */
  readonly url: string;
  readonly host: string;
  readonly mqttPort: number;
  readonly httpsPort: number;
  readonly idScope: string | undefined;
  readonly caPath: string;
}

/** Where MQTT clients go without being told: SDKs that take no port are then right as well. */
const MQTTS_PORT = 8883;

/** @throws {CliError} when the CA is not on this machine */
export async function deviceEnvironment(where: Whereabouts): Promise<Readonly<Record<string, string>>> {
  const { url, host, mqttPort, httpsPort, idScope, caPath } = where;
  const trust = await trustEnvironment(caPath, { warn: printError }).catch(() => {
    throw new CliError(
      'failed',
      `the CA file ${caPath} is not on this machine: copy it here from where the emulator runs`,
    );
  });
  return {
    DPS_EMULATOR_URL: url,
    PROVISIONING_HOST: mqttPort === MQTTS_PORT ? host : `${host}:${mqttPort}`,
    PROVISIONING_MQTT_PORT: String(mqttPort),
    PROVISIONING_HTTPS_PORT: String(httpsPort),
    ...(idScope !== undefined && { PROVISIONING_IDSCOPE: idScope }),
    ...trust,
  };
}
