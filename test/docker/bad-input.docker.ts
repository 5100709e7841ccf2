import { describe, expect, it } from 'vitest';
import { type ContainerOptions, newVolume, runContainer, startContainer } from './support/containers.ts';
import { dockerCli } from './support/docker-cli.ts';
import { hasEngine, subject } from './support/subject.ts';

const CONFIG = '/etc/emulator.json';

/** What the user sees: one line on stderr, nothing on stdout, and an exit code. */
async function complaintOf(options: ContainerOptions): Promise<{ line: string; exitCode: number }> {
  const { exitCode, stdout, stderr } = await runContainer(options);
  expect(stdout).toBe('');
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  return { line: stderr.trimEnd(), exitCode };
}

describe.skipIf(!hasEngine())('a container that cannot start says in one line', () => {
  it.each([
    { what: 'there is no such config file', text: undefined, line: `${CONFIG}: cannot be read (no such file)` },
    { what: 'the config file is no JSON', text: '{"dps": [', line: `${CONFIG}:1:` },
    { what: 'a member of it breaks a rule', text: '{"dps": [{"name": "a"}]}', line: `${CONFIG}: dps[0]` },
    { what: 'an option of it is not known', text: '{"options": {"cluck": 1}}', line: `${CONFIG}: options.cluck` },
  ])('that $what', async ({ text, line }) => {
    const files = text === undefined ? {} : { [CONFIG]: text };
    const complaint = await complaintOf({ args: ['start', '--config', CONFIG], files });
    expect(complaint).toEqual({ line: expect.stringContaining(line), exitCode: 2 });
  });

  it('that the config file is a directory, which the engine makes where it finds no file to mount', async () => {
    const complaint = await complaintOf({
      flags: ['--volume', `${await newVolume()}:${CONFIG}`],
      args: ['start', '--config', CONFIG],
    });
    expect(complaint).toEqual({ line: expect.stringContaining(`${CONFIG}: cannot be read (it is a dir`), exitCode: 2 });
  });

  it('that the volume cannot be written', async () => {
    const volume = await newVolume();
    // An empty volume would be given the owner and the mode that the image has there.
    await asRoot(volume, 'touch /data/kept && chown 0:0 /data && chmod 755 /data');
    const { line, exitCode } = await complaintOf({ flags: ['--volume', `${volume}:/data`] });
    expect(line).toContain("The emulator's CA cannot be made in /data/ca (EACCES)");
    expect(exitCode).toBe(1);
  });

  it('that a read-only volume holds no CA yet', async () => {
    const volume = await newVolume();
    const flags = ['--volume', `${volume}:/shared:ro`, '--env', 'DPS_EMULATOR_CA=/shared/ca'];
    const { line, exitCode } = await complaintOf({ flags });
    expect(line).toContain('cannot be made in /shared/ca (EROFS)');
    expect(exitCode).toBe(1);
  });

  it('that it has a CA, but no place for what it keeps while it runs', async () => {
    const volume = await newVolume();
    const { docker } = dockerCli(subject().engineHost);
    await docker('run', '--rm', '--volume', `${volume}:/data`, subject().image, 'ca');
    const { line, exitCode } = await complaintOf({ flags: ['--volume', `${volume}:/data:ro`] });
    expect(line).toContain('/data/run is where commands find this emulator, and cannot be written');
    expect(exitCode).toBe(1);
  });

  it.each([
    { port: 8883, variable: 'DPS_EMULATOR_MQTT_PORT', moved: [] },
    { port: 443, variable: 'DPS_EMULATOR_HTTPS_PORT', moved: ['--mqtt-port=0'] },
    { port: 8980, variable: 'DPS_EMULATOR_CONTROL_PORT', moved: ['--mqtt-port=0', '--https-port=0'] },
  ])('that $port is taken', async ({ port, variable, moved }) => {
    const first = await startContainer();
    await first.untilHealthy();
    const { line, exitCode } = await complaintOf({
      flags: ['--network', `container:${first.id}`],
      args: ['start', ...moved],
    });
    expect(line).toContain(`${variable} ${port}: the port is taken`);
    expect(exitCode).toBe(1);
  });
});

async function asRoot(volume: string, command: string): Promise<void> {
  const { docker } = dockerCli(subject().engineHost);
  const flags = ['--rm', '--user', '0', '--volume', `${volume}:/data`, '--entrypoint', 'sh'];
  await docker('run', ...flags, subject().image, '-c', command);
}
