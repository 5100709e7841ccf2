/** docs/errors.md against the code, both ways: each error and each reason has its row, and no row is about another. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ERRORS } from '../../emulator/core/errors.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8');
const credential = readFileSync(join(import.meta.dirname, '../../emulator/core/dps/attestation/credential.ts'), 'utf8');

it('lists exactly the errors of the catalogue, with code and AMQP condition', () => {
  const documented = [...text.matchAll(/^\| `(\w+)` \| (\d{6}) \| `([\w:-]+)` \|/gm)].map(
    ([, name, code, condition]) => [name, Number(code), condition],
  );
  const catalogue = Object.entries(ERRORS).map(([name, { errorCode, amqpCondition }]) => [
    name,
    errorCode,
    amqpCondition,
  ]);
  expect(documented.toSorted()).toEqual(catalogue.toSorted());
});

it('lists exactly the reasons for which a credential is refused', () => {
  const documented = [...text.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
  const declared = [...credential.slice(credential.indexOf('RefusalReason')).matchAll(/\| '([a-z-]+)'/g)].map(
    ([, name]) => name,
  );
  expect(declared.length).toBeGreaterThan(5);
  expect(documented.toSorted()).toEqual(declared.toSorted());
});
