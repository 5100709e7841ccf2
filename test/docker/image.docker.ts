import { describe, expect, it } from 'vitest';
import { hasEngine, subject } from './support/subject.ts';

describe.skipIf(!hasEngine())('the image', () => {
  it('is built', () => {
    expect(subject().image).toMatch(/test/);
  });
});
