import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf, isoInstant, utcTimestamp } from '../../emulator/wire/timestamp.ts';

const at = (text: string): number => Date.parse(text);

describe('instants as the service prints them', () => {
  it.each([
    ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00Z'],
    ['2026-01-01T00:00:00.100Z', '2026-01-01T00:00:00.1Z'],
    ['2026-12-31T23:59:59.120Z', '2026-12-31T23:59:59.12Z'],
    ['2026-10-10T10:10:10.123Z', '2026-10-10T10:10:10.123Z'],
    ['2026-10-10T10:10:00.000Z', '2026-10-10T10:10:00Z'],
  ])('%s is %s', (instant, text) => {
    expect(utcTimestamp(at(instant))).toBe(text);
    expect(isoInstant(at(instant))).toBe(instant);
  });

  it('keep their shape and their instant for every millisecond', () => {
    const instants = fc.integer({ min: 0, max: at('2200-01-01T00:00:00Z') });
    fc.assert(
      fc.property(instants, (ms) => {
        expect(utcTimestamp(ms)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,2}[1-9])?Z$/);
        expect(at(utcTimestamp(ms))).toBe(ms);
      }),
    );
  });

  it('are read back, in the way that Node prints certificates too', () => {
    expect(instantOf('2026-01-01T00:00:00.1230000Z')).toBe(at('2026-01-01T00:00:00.123Z'));
    expect(instantOf('Jan  1 00:00:01 2026 GMT')).toBe(at('2026-01-01T00:00:01Z'));
    expect(instantOf('soon')).toBeNaN();
  });

  it('are shown as milliseconds where no calendar reaches', () => {
    expect(isoInstant(9_999_999_999_999_000)).toBe('9999999999999000 ms');
  });
});
