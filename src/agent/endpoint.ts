// HOST, HOST:PORT, ADDRESS, ADDRESS:PORT, [ADDRESS]:PORT: how people write where an agent is to be found.

import { canonicalHost } from './hosts.ts';

export const DEFAULT_PORT = 7946;

export type Endpoint =
  /** `host` in canonical text. */
  | { readonly kind: 'address'; readonly host: string; readonly port: number | null }
  | { readonly kind: 'name'; readonly host: string; readonly port: number | null }
  | { readonly kind: 'malformed'; readonly reason: string };

const NAME = /^[A-Za-z0-9_]([A-Za-z0-9._-]{0,253}[A-Za-z0-9_.])?$/;

/** `port` is null where none is written. */
export function parseEndpoint(text: string): Endpoint {
  if (text === '') return malformed('it is empty');
  // Two colons and no bracket: an IPv6 address without a port.
  if (!text.startsWith('[') && text.indexOf(':') !== text.lastIndexOf(':')) return endpointOf(text, null, text);
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::([0-9]+))?$/.exec(text);
  if (match === null) return malformed(`"${text}" is not HOST, HOST:PORT or [ADDRESS]:PORT`);
  const [, bracketed, bare, digits] = match;
  const port = digits === undefined ? null : Number(digits);
  if (port !== null && (port < 1 || port > 65_535)) return malformed(`"${text}": a port is a number from 1 to 65535`);
  if (bracketed !== undefined && !bracketed.includes(':')) return malformed(`"${text}": brackets are for IPv6 addresses`);
  return endpointOf(bracketed ?? bare ?? '', port, text);
}

function endpointOf(host: string, port: number | null, text: string): Endpoint {
  const canonical = canonicalHost(host);
  if (canonical !== null) return { kind: 'address', host: canonical, port };
  if (host.includes('%')) return malformed(`"${text}": an address with a zone means something on one host only; use a global one`);
  if (host.includes(':')) return malformed(`"${text}" is not an IPv6 address`);
  return NAME.test(host) ? { kind: 'name', host, port } : malformed(`"${text}" is not a host name`);
}

function malformed(reason: string): Endpoint {
  return { kind: 'malformed', reason };
}
