// Runs an engine for as long as its standard input is open, and then leaves the machine as it found it. A process of its
// own: however the tests end, by a signal or a crash as well, the pipe closes.
//
//   node engine-keeper.mjs DIRECTORY      everything the engine keeps is in there; the directory goes with it
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, lstatSync, openSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [, , directory] = process.argv;
const host = `unix://${join(directory, 'docker.sock')}`;
const logFile = join(directory, 'log');
/** After that the engine is killed. It asks its containers to end before it ends itself. */
const END_LIMIT_MS = 20_000;
const COMMAND_LIMIT_MS = 20_000;

const BRIDGE = '/sys/class/net/docker0';
/** What an engine makes outside its own directories, deepest first. */
const TRACES = [
  '/etc/docker/key.json',
  '/etc/docker',
  '/run/docker/plugins',
  '/run/docker',
  '/run/containerd/s',
  '/run/containerd',
];
const absentBefore = [BRIDGE, ...TRACES].filter((path) => !existsSync(path));

const configFile = join(directory, 'daemon.json');
writeFileSync(configFile, '{}');
const log = openSync(logFile, 'w');
// In a mount namespace of its own: whatever it mounts is gone with it.
const daemon = spawn('unshare', ['--mount', 'dockerd', ...flags()], { stdio: ['ignore', log, log] });
closeSync(log);
let isAlive = true;
let isAsked = false;
daemon.once('error', (error) => ended(error.message));
daemon.once('exit', (code, signal) => ended(lastComplaint() ?? `it ended with ${code ?? signal}`));
process.stdin.resume().once('close', endDaemon);
// Those are meant for the tests, which close the pipe then.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

/** The machine's own network is left as it is: no firewall rules, no forwarding, published ports on loopback alone. */
function flags() {
  return [
    '--iptables=false',
    '--ip6tables=false',
    '--ip-forward=false',
    '--ip-masq=false',
    ...['--ip', '127.0.0.1'],
    ...['--config-file', configFile],
    ...['--data-root', join(directory, 'data')],
    ...['--exec-root', join(directory, 'exec')],
    ...['--pidfile', join(directory, 'pid')],
    ...['--host', host],
  ];
}

/** Everything in this engine is ours; what is still there, the tests could not remove. */
function endDaemon() {
  isAsked = true;
  if (!isAlive) return;
  for (const [kind, ...removal] of [
    ['ps --all', 'rm --force --volumes'],
    ['network ls --filter type=custom', 'network rm'],
  ]) {
    const ids = docker(...kind.split(' '), '--quiet')
      .split('\n')
      .filter(Boolean);
    if (ids.length > 0) docker(...removal.join(' ').split(' '), ...ids);
  }
  daemon.kill('SIGTERM');
  setTimeout(() => daemon.kill('SIGKILL'), END_LIMIT_MS).unref();
}

function docker(...args) {
  const options = { encoding: 'utf8', timeout: COMMAND_LIMIT_MS };
  return spawnSync('docker', ['--host', host, ...args], options).stdout ?? '';
}

function ended(why) {
  if (!isAlive) return;
  isAlive = false;
  if (!isAsked) console.error(why);
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  if (absentBefore.includes(BRIDGE) && existsSync(BRIDGE)) spawnSync('ip', ['link', 'delete', 'docker0']);
  for (const path of TRACES) if (absentBefore.includes(path)) removeIfEmpty(path);
  process.exit(isAsked ? 0 : 1);
}

function removeIfEmpty(path) {
  try {
    if (lstatSync(path).isDirectory()) rmdirSync(path);
    else rmSync(path);
  } catch {
    // It was not made, or somebody else has put something in it.
  }
}

function lastComplaint() {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n');
  return lines.findLast((line) => /level=(error|fatal)|^failed/.test(line)) ?? lines.at(-1);
}
