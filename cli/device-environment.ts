/** The environment variables that lead devices and SDKs to an emulator and make them trust it. */
import type { Endpoints } from '../emulator/index.ts';
import { DEVICE_LISTENERS, type DeviceListenerName, trustEnvironment } from '../emulator/service-door.ts';
import { CliError } from './exit.ts';
import { printError } from './terminal.ts';

export interface Whereabouts {
  /** Of the control API. */
  readonly url: string;
  /** By which devices here reach the emulator. */
  readonly host: string;
  readonly endpoints: Pick<Endpoints, DeviceListenerName>;
  readonly idScope: string | undefined;
  readonly caPath: string;
}

/** @throws {CliError} when the CA is not on this machine */
export async function deviceEnvironment(where: Whereabouts): Promise<Readonly<Record<string, string>>> {
  const { url, host, endpoints, idScope, caPath } = where;
  const trust = await trustEnvironment(caPath, { warn: printError }).catch(() => {
    throw new CliError(
      'failed',
      `the CA file ${caPath} is not on this machine: copy it here from where the emulator runs`,
    );
  });
  const { mqtt } = endpoints;
  const ports = Object.fromEntries(
    Object.entries(DEVICE_LISTENERS).map(([name, { deviceVariable }]) => [
      deviceVariable,
      String(endpoints[name as DeviceListenerName].port),
    ]),
  );
  return {
    DPS_EMULATOR_URL: url,
    // Without a port where MQTT clients go without being told: SDKs that take none are then right as well.
    PROVISIONING_HOST: mqtt.port === DEVICE_LISTENERS.mqtt.port ? host : `${host}:${mqtt.port}`,
    ...ports,
    ...(idScope !== undefined && { PROVISIONING_IDSCOPE: idScope }),
    ...trust,
  };
}
