/** The grammar of registration ids (and enrollment group ids), and how two of them are compared. */

/** At most 128 characters. [dps-service-behaviour §3.3] */
export const REGISTRATION_ID_LENGTH_MAX = 128;

/** Letters, digits and `-` `.` `_` `:`; the last character is alphanumeric or `-`. [dps-device-protocol §4] */
const GRAMMAR = /^[A-Za-z0-9._:-]*[A-Za-z0-9-]$/;

export const REGISTRATION_ID_RULE =
  "1 to 128 characters of A-Z a-z 0-9 '-' '.' '_' ':', the last one alphanumeric or '-'";

export function isRegistrationId(text: string): boolean {
  return text.length <= REGISTRATION_ID_LENGTH_MAX && GRAMMAR.test(text);
}

/** Ids compare case-insensitively; the spelling that was presented is kept for display and for the hub. */
export function registrationKey(registrationId: string): string {
  return registrationId.toLowerCase();
}
