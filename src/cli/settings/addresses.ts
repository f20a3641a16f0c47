// The spellings of addresses that people type. Each reader gives the parts, or what is wrong and what would be right.
// Whether a name resolves or an interface exists is found out later, by the agent.

import { isIP, isIPv6 } from 'node:net';

export const DEFAULT_PORT = 7946;

export type Read<T> = { readonly kind: 'read'; readonly value: T } | Wrong;

export interface Wrong {
  readonly kind: 'wrong';
  readonly reason: string;
  readonly hint: string;
}

export interface HostPort {
  readonly host: string;
  /** Null when none was given. */
  readonly port: number | null;
}

const HOST_NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,252})$/;
const SEED_EXAMPLE = 'for example: 10.0.0.1, or db.example.org:7946';
const INTERFACE = /^@[A-Za-z0-9._:-]{1,15}$/;

/** HOST, HOST:PORT, ADDRESS, ADDRESS:PORT, [V6], [V6]:PORT or a bare V6; the host may be empty. */
export function readHostPort(text: string): Read<HostPort> {
  // A bare IPv6 address is full of colons, so none of them can stand before a port.
  // Node takes milliseconds to get the pattern of IPv6 ready.
  if (text.split(':').length > 2 && isIPv6(text)) return read({ host: text, port: null });
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  if (bracketed !== null) {
    const [, host = '', port] = bracketed;
    if (!isIPv6(host)) return wrong(`'${host}' in brackets is not an IPv6 address`, 'for example: [2001:db8::1]:7946');
    return withPort(host, port);
  }
  const parts = text.split(':');
  if (parts.length > 2)
    return wrong(`'${text}' has too many colons`, `an IPv6 address with a port is written [${parts.slice(0, -1).join(':')}]:PORT`);
  return withPort(parts[0] ?? '', parts[1]);
}

/** Canonical HOST:PORT, the port being the default if none was given. */
export function readSeed(text: string): Read<string> {
  const parts = readHostPort(text);
  if (parts.kind === 'wrong') return parts;
  const { host, port } = parts.value;
  if (host === '') return wrong(`'${text}' names no host`, SEED_EXAMPLE);
  if (port === 0) return wrong(`'${text}': nobody can be reached at port 0`, 'name the port that its agent listens on, or none for 7946');
  const isAddress = isIP(host) !== 0;
  // What looks like numbers and dots but is no address would be asked of the resolver for ever.
  if (!isAddress && (!HOST_NAME.test(host) || /^[0-9.]+$/.test(host)))
    return wrong(`'${host}' is neither an address nor a host name`, SEED_EXAMPLE);
  return read(`${isAddress && host.includes(':') ? `[${host}]` : host}:${port ?? DEFAULT_PORT}`);
}

export function readBind(text: string, defaultPort: number): Read<{ readonly host: string | null; readonly port: number }> {
  const parts = readHostPort(text);
  if (parts.kind === 'wrong') return parts;
  const { host, port } = parts.value;
  if (host !== '' && isIP(host) === 0) return wrong(`'${host}' is not an address`, "give one of this machine's: ip address");
  return read({ host: host === '' ? null : host, port: port ?? defaultPort });
}

/** Only its shape: which address an interface has is known to the machine. */
export function readAdvertise(text: string): Read<string> {
  if (text.startsWith('@'))
    return INTERFACE.test(text) ? read(text) : wrong(`'${text}' is not the name of an interface`, 'ip link lists them; for example: @eth0');
  const parts = readHostPort(text);
  if (parts.kind === 'wrong') return parts;
  const { host, port } = parts.value;
  if (isIP(host) === 0) return wrong(`'${host}' is not an address`, 'give ADDR, ADDR:PORT or @INTERFACE');
  if (host === '0.0.0.0' || host === '::') return wrong(`nobody can reach an agent at '${host}'`, 'give one address or @INTERFACE');
  if (port === 0) return wrong('nobody can reach an agent at port 0', 'name the port that peers are to use, or none for the bound one');
  return read(text);
}

function withPort(host: string, port: string | undefined): Read<HostPort> {
  if (port === undefined) return read({ host, port: null });
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) return wrong(`'${port}' is not a port`, 'it is a number up to 65535');
  return read({ host, port: Number(port) });
}

function read<T>(value: T): Read<T> {
  return { kind: 'read', value };
}

export function wrong(reason: string, hint: string): Wrong {
  return { kind: 'wrong', reason, hint };
}
