/** Lines of the bundled webhook's log carry whole requests; what is secret in them is masked before they are shown. */
import { expect, it } from 'vitest';
import { maskLogLine } from '../../emulator/wire/mask.ts';

it('masks secret members and secrets in texts of the JSON behind the words', () => {
  const request = { payload: { password: 'hunter2', note: 'sig=abc', url: 'http://u:pw@h/?code=zzz', ok: 1 } };
  const line = maskLogLine(`2026-01-01 [Information] ${JSON.stringify(request)}`);
  expect(line).toMatch(/^2026-01-01 \[Information\] \{"payload":/);
  expect(line).toContain('"ok":1');
  for (const secret of ['hunter2', 'abc', 'pw@', 'zzz']) expect(line).not.toContain(secret);
});

it('masks lines that are no JSON as text', () => {
  expect(maskLogLine('called http://h/?code=zzz {')).toBe('called http://h/?code=**** {');
});
