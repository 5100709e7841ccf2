/** How much memory a process holds, as the operating system counts it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Resident set size in MB (10^6 bytes). */
export function residentMemoryMb(pid: number): number {
  const kibibytes = process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
  return (kibibytes * 1024) / 1e6;
}

/** Small Linux installations come without `ps`. */
function fromProc(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

function fromPs(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).trim());
}
