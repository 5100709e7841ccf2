import { describe, expect, it } from 'vitest';
import { createGuard } from '../../emulator/control/host-guard.ts';

function isLetThrough(guard: ReturnType<typeof createGuard>, host: string | undefined): boolean {
  try {
    guard(host === undefined ? {} : { host });
    return true;
  } catch {
    return false;
  }
}

describe('served on loopback', () => {
  const guard = createGuard({ host: '127.0.0.1', hostNames: ['devbox.example'] });
  it.each([
    ['localhost:8980', true],
    ['[::1]', true],
    ['127.0.0.2', false],
    ['192.168.1.5', false],
    ['devbox.example', false],
    ['localhost:80:80', false],
    ['[::1', false],
    [undefined, false],
  ])('a Host of %s passes: %s', (host, isPassed) => expect(isLetThrough(guard, host)).toBe(isPassed));
});

describe('served beyond loopback', () => {
  const guard = createGuard({ host: '0.0.0.0', hostNames: ['DevBox.example'] });
  it.each([
    ['localhost:8980', true],
    ['192.168.1.5:8980', true],
    ['[fd00::1]:8980', true],
    ['devbox.example:8980', true],
    ['evil.example', false],
    ['1.2.3', false],
    ['[evil.example]', false],
  ])('a Host of %s passes: %s', (host, isPassed) => expect(isLetThrough(guard, host)).toBe(isPassed));
});

it('lets the name through that it is served on', () => {
  const guard = createGuard({ host: 'devbox.example', hostNames: [] });
  expect(isLetThrough(guard, 'devbox.example:8980')).toBe(true);
});
