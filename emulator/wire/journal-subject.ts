/** What a journal entry is about: mostly a registration; what concerns none of them has a home too. */
import { registrationKey } from './registration-id.ts';

export interface RegistrationSubject {
  readonly kind: 'registration';
  readonly idScope: string;
  readonly registrationId: string;
}

export type JournalSubject =
  | RegistrationSubject
  | { readonly kind: 'hub-device'; readonly hub: string; readonly deviceId: string }
  /** A client that did not come far enough to name a registration. */
  | { readonly kind: 'listener'; readonly listener: string }
  /** What a back end did to a provisioning service. */
  | { readonly kind: 'service'; readonly idScope: string };

export function registrationSubject(of: Omit<RegistrationSubject, 'kind'>): RegistrationSubject {
  return { kind: 'registration', idScope: of.idScope, registrationId: of.registrationId };
}

/** Equal for equal subjects, however they are spelt; device ids at a hub are case-sensitive. [dps-service-behaviour §3.3] */
export function subjectAddress(subject: JournalSubject): string {
  switch (subject.kind) {
    case 'registration':
      return `registration/${subject.idScope.toLowerCase()}/${registrationKey(subject.registrationId)}`;
    case 'hub-device':
      return `hub-device/${subject.hub.toLowerCase()}/${subject.deviceId}`;
    case 'listener':
      return `listener/${subject.listener}`;
    case 'service':
      return `service/${subject.idScope.toLowerCase()}`;
  }
}

/** An id that nobody has vetted can be long; what is kept of it for display is not. */
const LENGTH_MAX = 256;

/** @param shown how the beginning of a foreign text is shown */
export function shortSubject(
  subject: JournalSubject,
  shown: (text: string, lengthMax: number) => string = (text, lengthMax) => text.slice(0, lengthMax),
): JournalSubject {
  const short = (text: string): string => shown(text, LENGTH_MAX);
  switch (subject.kind) {
    case 'registration':
      return { ...subject, idScope: short(subject.idScope), registrationId: short(subject.registrationId) };
    case 'hub-device':
      return { ...subject, hub: short(subject.hub), deviceId: short(subject.deviceId) };
    case 'listener':
      return subject;
    case 'service':
      return { ...subject, idScope: short(subject.idScope) };
  }
}

/** As a person reads it, in a line of a log. */
export function subjectName(subject: JournalSubject): string {
  switch (subject.kind) {
    case 'registration':
      return subject.registrationId;
    case 'hub-device':
      return `${subject.deviceId} at ${subject.hub}`;
    case 'listener':
      return `the ${subject.listener} listener`;
    case 'service':
      return `the service ${subject.idScope}`;
  }
}
