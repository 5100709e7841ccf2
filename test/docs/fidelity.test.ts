/** docs/fidelity.md against the code: every named assumption has its row with its values, and no row names another. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ASSUMPTIONS } from '../../emulator/core/assumptions.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/fidelity.md'), 'utf8');
const rows = text
  .split('\n')
  .filter((line) => /^\| [A-Z]\d+ \|/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()));

/** `switch-id`: `first`, `second` */
function switchIn(note: string): { readonly id: string; readonly values: readonly string[] } | undefined {
  const match = /`([a-z0-9-]+)`: ((?:`[^`]+`(?:, )?)+)/.exec(note);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { id: match[1], values: [...match[2].matchAll(/`([^`]+)`/g)].map(([, value]) => value ?? '') };
}

describe('docs/fidelity.md', () => {
  it('gives every row an id of its own, a behaviour and one of the four statuses', () => {
    expect(rows.length).toBeGreaterThan(80);
    expect(new Set(rows.map(([, id]) => id)).size).toBe(rows.length);
    for (const [, id, behaviour, status] of rows) {
      expect(behaviour, id).not.toBe('');
      expect(['exact', 'approximated', 'assumed', 'not emulated'], `${id}: ${status}`).toContain(status);
    }
  });

  /** Source of an SDK, a report or a deduction makes no exact row; a capture, a live test or a description does, by its name. */
  const NAMED = /\b(DOC|SPEC|CAP|TEST) [A-Za-z0-9]/;

  it('names in every exact row the capture, the live test or the description that makes it so', () => {
    const unnamed = rows.filter(([, , , status, source = '']) => status === 'exact' && !NAMED.test(source));
    expect(unnamed.map(([, id]) => id)).toEqual([]);
    for (const bare of ['', 'DOC', 'SPEC, CAP', 'SDK of Node', 'FIELD azure-docs#1', 'INFER']) {
      expect(NAMED.test(bare), bare).toBe(false);
    }
  });

  it.each(Object.entries(ASSUMPTIONS))('names the assumption %s with its default first', (id, {
    default: first,
    values,
  }) => {
    const named = rows.map((cells) => switchIn(cells[5] ?? '')).filter((found) => found?.id === id);
    expect(named).toHaveLength(1);
    expect(named[0]?.values).toEqual([...values]);
    expect(named[0]?.values[0]).toBe(first);
  });

  it('names no switch that does not exist', () => {
    const named = rows.flatMap((cells) => switchIn(cells[5] ?? '') ?? []);
    expect(named.map(({ id }) => id).filter((id) => !Object.hasOwn(ASSUMPTIONS, id))).toEqual([]);
  });
});
