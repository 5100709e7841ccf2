/** Status lines for the few answers that go out before HTTP has been understood. */

export const STATUS_LINES = {
  badRequest: 'HTTP/1.1 400 Bad Request',
  headersTooLarge: 'HTTP/1.1 431 Request Header Fields Too Large',
} as const;
