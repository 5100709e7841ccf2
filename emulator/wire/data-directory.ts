/** Where an installation keeps what outlives a process: pure functions of the environment, the platform and the home directory. */
import { posix, win32 } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The directory of everything that is kept between runs (the CA, above all).
 * `DPS_EMULATOR_HOME` names it outright; without it the conventions of XDG and then of the platform apply.
 */
export function dataDirectory(env: Environment, platform: NodeJS.Platform, home: string): string {
  if (env.DPS_EMULATOR_HOME) return env.DPS_EMULATOR_HOME;
  const { join } = pathOf(platform);
  const xdg = absolute(env.XDG_DATA_HOME, platform);
  if (xdg !== undefined) return join(xdg, 'dps-emulator');
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'dps-emulator');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'dps-emulator');
  return join(home, '.local', 'share', 'dps-emulator');
}

/** The directory of what lives as long as a running emulator: its ready file. */
export function runtimeDirectory(env: Environment, platform: NodeJS.Platform, home: string): string {
  const { join } = pathOf(platform);
  const xdg = absolute(env.XDG_RUNTIME_DIR, platform);
  // Who names one home for everything must find everything there.
  if (xdg !== undefined && !env.DPS_EMULATOR_HOME) return join(xdg, 'dps-emulator');
  return join(dataDirectory(env, platform, home), 'run');
}

/** The directory to give to `ensureCa`. */
export function caDirectory(env: Environment, platform: NodeJS.Platform, home: string): string {
  return pathOf(platform).join(dataDirectory(env, platform, home), 'ca');
}

/** XDG tells programs to ignore a relative path: it would mean another place in every working directory. */
function absolute(path: string | undefined, platform: NodeJS.Platform): string | undefined {
  return path && pathOf(platform).isAbsolute(path) ? path : undefined;
}

function pathOf(platform: NodeJS.Platform) {
  return platform === 'win32' ? win32 : posix;
}
