// Addresses as sockets give and take them, and as everyone else knows them: one canonical text each.
// A socket for both families shows IPv4 peers as ::ffff:1.2.3.4; outside this folder they are 1.2.3.4.

import { isIPv4, SocketAddress } from 'node:net';
import { type Address, formatAddress } from '../core/index.ts';

const MAPPED = '::ffff:';

/** Of what the system told us, which is canonical but for mapped IPv4. */
export function fromSocket(host: string, port: number): Address {
  return formatAddress(isMapped(host) ? host.slice(MAPPED.length) : host, port);
}

/** Of what a person, a file or a resolver told us; null when it is no IP address or no port. */
export function canonicalAddress(host: string, port: number): Address | null {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) return null;
  if (isIPv4(host)) return formatAddress(host, port);
  const printed = canonicalIPv6(host);
  return printed === null ? null : fromSocket(printed, port);
}

/** Not by net.isIPv6: compiling its expression takes 5 ms of an agent's start. */
function canonicalIPv6(host: string): string | null {
  // A zone (fe80::1%eth0) is not part of what SocketAddress takes.
  const zoneAt = host.indexOf('%');
  const bare = zoneAt < 0 ? host : host.slice(0, zoneAt);
  const zone = zoneAt < 0 ? '' : host.slice(zoneAt);
  // SocketAddress reads up to a NUL, and no further.
  if (!/^[\dA-Fa-f:.]*:[\dA-Fa-f:.]*$/.test(bare) || !/^(%[\dA-Za-z.:-]+)?$/.test(zone)) return null;
  try {
    return new SocketAddress({ address: bare, family: 'ipv6' }).address + zone;
  } catch {
    return null;
  }
}

/** For a socket of both families, or of IPv6 alone, which then says that it cannot. */
export function toIPv6Socket(host: string): string {
  return host.includes(':') ? host : MAPPED + host;
}

function isMapped(host: string): boolean {
  return host.startsWith(MAPPED) && host.includes('.');
}
