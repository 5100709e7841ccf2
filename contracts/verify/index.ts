/** The door of webhook verification. */
export { ExpectationsError, readExpectations } from './expectations.ts';
export type { Fault, FuzzReport, VerifyCase, VerifyDocument } from './verdict.ts';
export { type VerifyOptions, verifyWebhook } from './verify-webhook.ts';
