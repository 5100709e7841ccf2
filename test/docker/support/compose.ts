/** Runs docker-compose.yml as a project of its own: images under test, free ports, everything gone with the test. */
import { onTestFinished } from 'vitest';
import { type Ended, type RunOptions, run, runToEnd } from './run.ts';
import { subject } from './subject.ts';

const LIMIT_MS = 100_000;

let projects = 0;

/** `up --no-build --exit-code-from device`; the exit code is the device's. */
export async function composeUp(
  env: Readonly<Record<string, string>> = {},
  services: readonly string[] = [],
): Promise<Ended> {
  projects += 1;
  const project = ['--project-name', `dps-test-${process.pid}-${projects}`];
  const options = optionsWith(env);
  const [program = '', ...prefix] = subject().compose;
  onTestFinished(async () => {
    const profiles = services.includes('own-webhook') ? ['--profile', 'own-webhook'] : [];
    await run(program, [...prefix, ...project, ...profiles, 'down', '--volumes', '--timeout', '1'], options);
  });
  const up = ['up', '--no-build', '--exit-code-from', 'device', '--timeout', '1', ...services];
  return runToEnd(program, [...prefix, ...project, ...up], options);
}

/** The file as compose understands it. */
export function composeConfig(): Promise<string> {
  const [program = '', ...prefix] = subject().compose;
  return run(program, [...prefix, 'config'], optionsWith({}));
}

function optionsWith(env: Readonly<Record<string, string>>): RunOptions {
  const { engineHost, repository, image, deviceImage } = subject();
  const ports = { MQTT_PORT: '0', HTTPS_PORT: '0', CONTROL_PORT: '0' };
  return {
    cwd: repository,
    env: {
      DOCKER_HOST: engineHost,
      EMULATOR_IMAGE: image,
      WEBHOOK_SERVICE_IMAGE: image,
      DEVICE_IMAGE: deviceImage,
      ...ports,
      ...env,
    },
    timeoutMs: LIMIT_MS,
  };
}
