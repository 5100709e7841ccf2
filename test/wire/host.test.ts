import { expect, it } from 'vitest';
import { isLoopback, urlHost } from '../../emulator/wire/host.ts';

it.each([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '[::1]'],
  ['::1', '[::1]'],
  ['127.0.0.1', '127.0.0.1'],
  ['devbox.example', 'devbox.example'],
])('the URL of %s names %s', (host, named) => expect(urlHost(host)).toBe(named));

it.each([
  ['localhost', true],
  ['LocalHost', true],
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['127.example.org', false],
  ['127.0.0.999', false],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.5', false],
])('%s is this machine alone: %s', (host, isAlone) => expect(isLoopback(host)).toBe(isAlone));
