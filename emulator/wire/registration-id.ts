/** The grammar of registration ids (and enrollment group ids), and how two of them are compared. */

/** At most 128 characters. [dps-service-behaviour §3.3] */
export const REGISTRATION_ID_LENGTH_MAX = 128;

/** Letters, digits and `-` `.` `_` `:`; the last character is alphanumeric or `-`. [dps-device-protocol §4] */
const GRAMMAR = /^[A-Za-z0-9._:-]*[A-Za-z0-9-]$/;

/** The published description contradicts that page: no special character at either end. [found/2026-11 A11] */
const EDGES = /^[A-Za-z0-9](.*[A-Za-z0-9])?$/;

export const REGISTRATION_ID_RULE =
  "1 to 128 characters of A-Z a-z 0-9 '-' '.' '_' ':', the last one alphanumeric or '-'";

/** @param edges `both`: special characters may stand at neither end */
export function isRegistrationId(text: string, edges: 'end' | 'both' = 'end'): boolean {
  if (text.length > REGISTRATION_ID_LENGTH_MAX || !GRAMMAR.test(text)) return false;
  return edges === 'end' || EDGES.test(text);
}

/** Ids compare case-insensitively; the spelling that was presented is kept for display and for the hub. */
export function registrationKey(registrationId: string): string {
  return registrationId.toLowerCase();
}
