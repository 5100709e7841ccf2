/** Starts an engine of the test's own: in a folder of its own, deaf to the network, gone when it is stopped. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { run, works } from '../support/run.ts';
import { type Engine, serverVersion } from './engine.ts';

const START_LIMIT_MS = 60_000;

export async function startEngine(): Promise<Engine> {
  const directory = await mkdtemp(join(tmpdir(), 'dps-docker-'));
  const host = `unix://${join(directory, 'docker.sock')}`;
  const logFile = join(directory, 'log');
  const hadBridge = existsSync(BRIDGE);
  const log = openSync(logFile, 'w');
  const daemon = spawn('dockerd', flags(directory, host), { stdio: ['ignore', log, log] });
  closeSync(log);
  let isGone = false;
  const gone = new Promise<void>((resolve) => {
    daemon.once('error', () => resolve());
    daemon.once('exit', () => resolve());
  }).then(() => {
    isGone = true;
  });
  const stop = async (): Promise<void> => {
    daemon.kill('SIGTERM');
    await gone;
    if (!hadBridge && existsSync(BRIDGE)) await works('ip', ['link', 'delete', 'docker0']);
    for (const mount of mountsBelow(directory)) await works('umount', [mount]);
    await run('rm', ['-rf', '--one-file-system', directory]);
  };
  const deadlineMs = performance.now() + START_LIMIT_MS;
  for (;;) {
    const version = await serverVersion({ DOCKER_HOST: host });
    if (version !== undefined) return { host, isOurs: true, version, stop };
    if (isGone || performance.now() > deadlineMs) {
      const why = lastError(logFile);
      await stop();
      throw new Error(`dockerd did not start: ${why}`);
    }
    await Promise.race([gone, delay(100)]);
  }
}

const BRIDGE = '/sys/class/net/docker0';

/** The machine's own network is left as it is: no firewall rules, no forwarding, published ports on loopback alone. */
function flags(directory: string, host: string): string[] {
  return [
    '--iptables=false',
    '--ip6tables=false',
    '--ip-forward=false',
    '--ip-masq=false',
    ...['--ip', '127.0.0.1'],
    ...['--data-root', join(directory, 'data')],
    ...['--exec-root', join(directory, 'exec')],
    ...['--pidfile', join(directory, 'pid')],
    ...['--host', host],
  ];
}

/** The engine leaves the network namespace of `--network host` mounted; what lies deepest goes first. */
function mountsBelow(directory: string): readonly string[] {
  const targets = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  return targets.filter((target) => target.startsWith(`${directory}/`)).reverse();
}

function lastError(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n');
  return lines.findLast((line) => /level=(error|fatal)|^failed/.test(line)) ?? lines.at(-1) ?? 'it printed nothing';
}
