import { expect, it } from 'vitest';
import { allowedMethods } from '../../emulator/wire/allowed-methods.ts';

const TABLE = [
  { method: 'GET', url: '/things/:id' },
  { method: 'HEAD', url: '/things/:id' },
  { method: 'PUT', url: '/things/:id' },
  { method: 'POST', url: '/things' },
  { method: 'POST', url: '/things/query' },
  { method: 'POST', url: '/things/:id/open' },
];

it.each([
  ['/things', 'POST'],
  ['/things/', 'POST'],
  ['/things?a=/things/b', 'POST'],
  ['/things/b', 'GET, HEAD, PUT'],
  ['/things/b%2Fc/', 'GET, HEAD, PUT'],
  ['/things/query', 'GET, HEAD, PUT, POST'],
  ['/things/b/open', 'POST'],
  ['/things/b/c', ''],
  ['/thing', ''],
  ['/other/things', ''],
  ['/', ''],
])('at %s is allowed: %s', (address, methods) => {
  expect(allowedMethods(TABLE, { caseSensitive: true })(address).join(', ')).toBe(methods);
});

it('heeds the case of an address where the server does', () => {
  expect(allowedMethods(TABLE, { caseSensitive: true })('/Things')).toEqual([]);
  expect(allowedMethods(TABLE, { caseSensitive: false })('/Things')).toEqual(['POST']);
});
