/** A host and a port, as flags and files name them. */

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `localhost:8883`, `[::1]:443`; `undefined` when it is neither. */
export function addressOf(text: string): Address | undefined {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s/]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const number = Number(port);
  return host !== undefined && number <= 65_535 ? { host, port: number } : undefined;
}
