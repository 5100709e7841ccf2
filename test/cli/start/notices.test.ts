/** What a start tells its user unasked. */
import { expect, it } from 'vitest';
import { resolveOptions } from '../../../emulator/config.ts';
import { noticesOf } from '../../../emulator/notices.ts';

it.each([
  [60, 0],
  [1000, 1],
])('a clock scaled by %d gives %d notice of operation ids that end before a device polls', (clockFactor, count) => {
  const options = resolveOptions({ clock: 'scaled', clockFactor }, 'command');
  const notices = noticesOf({ options, moved: [], warnings: [] });
  expect(notices.filter((notice) => notice.includes('--operation-lifetime'))).toHaveLength(count);
});
