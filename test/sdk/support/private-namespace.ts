/** Commands in a network of their own, where port 443 is free for anyone and the hosts file says what the test wants. */
import { spawnSync } from 'node:child_process';

/** Brings the loopback up, lays the hosts file (first argument) over the machine's, and runs the rest. */
const INSIDE = 'ip link set lo up && mount --bind "$1" /etc/hosts && shift && exec "$@"';

/** The command line that runs `command` in such a namespace; `undefined` where the machine does not allow it. */
export function inPrivateNamespace(hostsFile: string, command: readonly string[]): readonly string[] | undefined {
  // Root needs no user namespace; others do.
  const flags = process.getuid?.() === 0 ? ['-n', '-m'] : ['-r', '-n', '-m'];
  const shell = ['unshare', ...flags, 'sh', '-c', INSIDE, 'sh', hostsFile];
  const probe = spawnSync(shell[0] ?? '', [...shell.slice(1), 'true'], { stdio: 'ignore', timeout: 5_000 });
  return probe.status === 0 ? [...shell, ...command] : undefined;
}
