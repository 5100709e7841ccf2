/** The api-versions of the device API and of the service API, and what a version knows. */

/** Versions seen in SDKs, the published descriptions and the previews. [dps-service-behaviour §1.4, dps-device-protocol §2] */
export const API_VERSIONS = [
  '2017-08-31-preview',
  '2017-11-15',
  '2018-04-01',
  '2018-09-01-preview',
  '2018-11-01',
  '2019-03-31',
  '2019-04-15',
  '2021-06-01',
  '2021-10-01',
  '2021-11-01-preview',
  '2025-07-01-preview',
  '2026-04-01',
  '2026-11-01',
  '2026-11-02-preview',
  '2026-11-15-preview',
] as const;

/** Published for the service API alone. [found/2026-11 A8] */
const SERVICE_API_VERSIONS = ['2026-07-01-preview'];

/** Never published, and sent by dps-keygen, IoT Central's firmware for the ESP8266 and a MicroPython client. [found/2026-11 A18] */
export const EARLY_API_VERSION = '2019-01-15';

export function isKnownApiVersion(text: string, api: 'device' | 'service'): boolean {
  const isKnown = (API_VERSIONS as readonly string[]).includes(text);
  return isKnown || (api === 'service' && SERVICE_API_VERSIONS.includes(text));
}

/** Versions are dates, so text order is age order; a preview precedes the release of its own date only by suffix. */
export function isAtLeast(version: string, floor: string): boolean {
  return version.slice(0, 10) >= floor.slice(0, 10);
}
