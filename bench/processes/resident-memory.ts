/** How much memory a process holds, as the operating system counts it. */
import { execFileSync } from 'node:child_process';

/** Resident set size in MB (10^6 bytes). */
export function residentMemoryMb(pid: number): number {
  const kibibytes = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).trim());
  return (kibibytes * 1024) / 1e6;
}
