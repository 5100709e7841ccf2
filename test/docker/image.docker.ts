import { describe, expect, it } from 'vitest';
import { newVolume, runContainer, startContainer } from './support/containers.ts';
import { dockerCli } from './support/docker-cli.ts';
import { hasEngine, subject } from './support/subject.ts';

/** Only our own layers: the base image is shared with whatever else starts from it. */
const OWN_LAYERS_BYTES_MAX = 15_000_000;

/** Bit 14 of the mask of caught signals is SIGTERM's. */
const UNTIL_SIGTERM_IS_CAUGHT =
  'until [ $(( 0x$(grep SigCgt /proc/1/status | cut -f2) & 0x4000 )) -ne 0 ]; do sleep 0.05; done';

const mb = (bytes: number): string => (bytes / 1_000_000).toFixed(1);

describe.skipIf(!hasEngine())('the image', () => {
  it('adds less than 15 MB to its base image', async () => {
    const { engineHost, image, baseImage } = subject();
    const { docker } = dockerCli(engineHost);
    const sizeOf = async (name: string): Promise<number> =>
      Number(await docker('image', 'inspect', '--format', '{{.Size}}', name));
    const own = (await sizeOf(image)) - (await sizeOf(baseImage));
    console.log(`test:docker: image ${mb(await sizeOf(image))} MB, of which ours ${mb(own)} MB`);
    expect(own).toBeGreaterThan(1_000_000);
    expect(own).toBeLessThan(OWN_LAYERS_BYTES_MAX);
  });

  it('says what it is, and how it is to be run', async () => {
    const { engineHost, image } = subject();
    const format = '{{json .Config}}';
    const config = JSON.parse(await dockerCli(engineHost).docker('image', 'inspect', '--format', format, image));
    expect(config).toMatchObject({
      Labels: { 'org.opencontainers.image.title': 'dps-emulator', 'org.opencontainers.image.licenses': 'MIT' },
      User: '8883:0',
      Volumes: { '/data': {} },
      Healthcheck: { Test: ['CMD', 'dps-emulator', 'ready'] },
      Cmd: ['start'],
    });
    expect(Object.keys(config.ExposedPorts).sort()).toEqual(['443/tcp', '8883/tcp', '8980/tcp']);
  });

  it('becomes healthy on a read-only root file system, as an ordinary user, with the tutorial set up', async () => {
    const startMs = performance.now();
    const container = await startContainer({ flags: ['--read-only'] });
    await container.exec('dps-emulator', 'ready', '--wait', '60');
    const ready = Math.round(performance.now() - startMs);
    await container.untilHealthy();
    const healthy = Math.round(performance.now() - startMs);
    console.log(`test:docker: start to ready ${ready} ms, to healthy ${healthy} ms, looked at every second`);
    expect(await container.exec('id', '-u')).toBe('8883');
    await expect(container.exec('touch', '/app/x')).rejects.toThrow('Read-only file system');
    const answer = JSON.parse(await container.exec('dps-emulator', 'ready', '--json'));
    expect(answer).toMatchObject({ idScopes: ['0ne00002193'], pid: 1 });
    expect(answer.endpoints).toMatchObject({ mqtt: { port: 8883 }, https: { port: 443 } });
  });

  it('registers a device by a command in the container', async () => {
    const container = await startContainer();
    await container.untilHealthy();
    const answer = await container.exec('dps-emulator', 'register', 'breakroom499-contoso-tstrsd-007');
    expect(answer).toContain('contoso-toasters-hub-1098.azure-devices.net');
  });

  it('holds nothing that is only needed to build or test it', async () => {
    const container = await startContainer();
    const modules = (await container.exec('ls', '/app/node_modules')).split('\n');
    expect(modules).toContain('fastify');
    for (const name of ['typescript', 'vitest', 'testcontainers', 'azure-iot-common'])
      expect(modules).not.toContain(name);
    const unread = ['(', '-name', '*.map', '-o', '-name', '*.d.ts', '-o', '-type', 'd', '-name', 'test', ')'];
    expect(await container.exec('find', '/app', ...unread)).toBe('');
  });

  it('lacks nothing that it needs to keep every contract', async () => {
    const { exitCode, stdout } = await runContainer({ flags: ['--read-only'], args: ['contracts', 'run'] });
    expect(stdout).toMatch(/\n\d{3} passed in /);
    expect(exitCode).toBe(0);
  });

  it.each(['TERM', 'INT'])('ends within a second at SIG%s, without an error', async (signal) => {
    const { docker } = dockerCli(subject().engineHost);
    const container = await startContainer();
    await container.untilHealthy();
    const sentMs = Date.now();
    await docker('kill', '--signal', signal, container.id);
    expect(await docker('wait', container.id)).toBe('0');
    expect(Date.parse(await container.inspect('{{.State.FinishedAt}}')) - sentMs).toBeLessThan(1000);
  });

  it('ends at a signal that comes while another command than start runs', async () => {
    const { docker } = dockerCli(subject().engineHost);
    const container = await startContainer({ args: ['ready', '--wait', '50'] });
    await container.exec('sh', '-c', UNTIL_SIGTERM_IS_CAUGHT);
    await docker('kill', '--signal', 'TERM', container.id);
    expect(await docker('wait', container.id)).toBe('143');
  });

  it('keeps its CA on the volume, where other users can read the certificate and nothing else', async () => {
    const { docker } = dockerCli(subject().engineHost);
    const volume = await newVolume();
    const first = await startContainer({ flags: ['--volume', `${volume}:/data`] });
    await first.untilHealthy();
    const certificate = await first.exec('cat', '/data/ca/ca.pem');
    await docker('rm', '--force', first.id);
    const second = await startContainer({ flags: ['--volume', `${volume}:/data`] });
    await second.untilHealthy();
    expect(await second.exec('cat', '/data/ca/ca.pem')).toBe(certificate);

    const other = (path: string): Promise<string> => docker('exec', '--user', '1000:1000', second.id, 'cat', path);
    expect(await other('/data/ca/ca.pem')).toBe(certificate);
    await expect(other('/data/ca/ca-key.pem')).rejects.toThrow('Permission denied');
  });

  it('starts with a CA on a volume that it may only read', async () => {
    const { docker } = dockerCli(subject().engineHost);
    const volume = await newVolume();
    await docker('run', '--rm', '--volume', `${volume}:/data`, subject().image, 'ca');
    const container = await startContainer({
      flags: ['--volume', `${volume}:/shared:ro`, '--env', 'DPS_EMULATOR_CA=/shared/ca'],
    });
    await container.untilHealthy();
  });

  it('runs as any user of group 0, as some platforms want it', async () => {
    const container = await startContainer({ flags: ['--user', '123456:0'] });
    await container.untilHealthy();
  });
});
