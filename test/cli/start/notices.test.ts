/** What a start tells its user unasked. */
import { expect, it } from 'vitest';
import { noticesOf } from '../../../emulator/notices.ts';
import { resolveOptions } from '../../../emulator/resolve-options.ts';

const nothingMoved = {
  listeners: { mqtt: { listener: { port: 1 } }, https: { listener: { port: 2 } } },
  control: { listener: { port: 3 } },
  webhookMovedTo: undefined,
  warnings: [],
} as unknown as Omit<Parameters<typeof noticesOf>[0], 'options'>;

it.each([
  [60, 0],
  [1000, 1],
])('a clock scaled by %d gives %d notice of operation ids that end before a device polls', (clockFactor, count) => {
  const options = resolveOptions({ clock: 'scaled', clockFactor }, 'command');
  const notices = noticesOf({ ...nothingMoved, options });
  expect(notices.filter((notice) => notice.includes('--operation-lifetime'))).toHaveLength(count);
});
