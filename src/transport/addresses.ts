// IP addresses as text, in the one form in which equal addresses are equal strings (RFC 5952: lower case, the longest run of zeros
// squeezed; an IPv4 address mapped into IPv6 is that IPv4 address). Nothing here asks a name server.

import { isIPv4, isIPv6 } from 'node:net';
import { type Address, formatAddress } from '../core/index.ts';

/** Null for what is no address. One with a zone (`fe80::1%eth0`) means something on one host only, so it is none here. */
export function canonicalHost(text: string): string | null {
  if (isIPv4(text)) return text;
  if (!isIPv6(text) || text.includes('%')) return null;
  const groups = groupsOf(text);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) return dotted(groups[6] as number, groups[7] as number);
  return squeezed(groups);
}

/** `1.2.3.4:7946` or `[::1]:7946`, port 1 to 65535. */
export function parseAddress(text: string): Address | null {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):([0-9]{1,5})$/.exec(text);
  if (match === null) return null;
  const [, bracketed, bare, digits] = match;
  const host = canonicalHost(bracketed ?? bare ?? '');
  const port = Number(digits);
  // Brackets are for IPv6; a mapped address may stand in them and comes out without.
  if (host === null || port < 1 || port > 65_535 || (bracketed !== undefined && isIPv4(bracketed))) return null;
  return formatAddress(host, port);
}

export function isLoopbackHost(canonical: string): boolean {
  return canonical === '::1' || canonical.startsWith('127.');
}

export function isUnspecifiedHost(canonical: string): boolean {
  return canonical === '::' || canonical === '0.0.0.0';
}

export function isLinkLocalHost(canonical: string): boolean {
  return canonical.startsWith('169.254.') || /^fe[89ab][0-9a-f]:/.test(canonical);
}

/** Neither everyone nor many: what a member may be reached at. */
export function isUnicastHost(canonical: string): boolean {
  if (isUnspecifiedHost(canonical)) return false;
  if (canonical.includes(':')) return !/^ff[0-9a-f]{2}:/.test(canonical);
  const first = Number(canonical.slice(0, canonical.indexOf('.')));
  return first >= 1 && first < 224;
}

/** Eight groups of an address that `isIPv6` accepted. */
function groupsOf(text: string): number[] {
  const [head = '', tail] = text.split('::');
  const before = groupsOfPart(head);
  if (tail === undefined) return before;
  const after = groupsOfPart(tail);
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function groupsOfPart(part: string): number[] {
  if (part === '') return [];
  return part.split(':').flatMap((piece) => {
    if (!piece.includes('.')) return [Number.parseInt(piece, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = piece.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

function dotted(high: number, low: number): string {
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

function squeezed(groups: readonly number[]): string {
  let runStart = 0;
  let runLength = 0;
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length += 1;
    if (length > runLength) {
      runStart = start;
      runLength = length;
    }
  }
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (runLength < 2) return text(groups);
  return `${text(groups.slice(0, runStart))}::${text(groups.slice(runStart + runLength))}`;
}
