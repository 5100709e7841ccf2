/** A request as a line for a POSIX shell, so that a finding can be seen without this program. */
import { maskQueryValues } from '../../emulator/wire/mask.ts';

interface CurlLineOptions {
  readonly url: string;
  readonly body: string;
  readonly showKeys: boolean;
}

/** Pure ASCII: what a terminal or a chat may garble is escaped inside the JSON. */
export function curlLine({ url, body, showKeys }: CurlLineOptions): string {
  const shownUrl = showKeys ? new URL(url).href : maskQueryValues(url);
  const ascii = body.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const headers = "-H 'Content-Type: application/json; charset=utf-8'";
  return `curl -sS -i -X POST ${headers} --data-binary ${quote(ascii)} ${quote(shownUrl)}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
