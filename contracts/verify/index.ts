/** The door of webhook verification. */
export { ExpectationsError, readExpectations } from './expectations.ts';
export type {
  CaseOutcome,
  DeviceView,
  DpsView,
  Exchange,
  Fault,
  FuzzReport,
  VerifyCase,
  VerifyDocument,
  VerifySummary,
} from './verdict.ts';
export { ANSWER_TIMEOUT_MS, type VerifyOptions, verifyWebhook } from './verify-webhook.ts';
