// What kind of host an IP address names. Canonical text in (see canonicalHost), so that one spelling each is enough.

import { hostOf } from '../core/index.ts';
import { canonicalAddress } from '../transport/index.ts';

/** Null for what is no address. One with a zone (`fe80::1%eth0`) means something on one host only, so it is none here. */
export function canonicalHost(text: string): string | null {
  if (text.includes('%')) return null;
  const address = canonicalAddress(text, 0);
  return address === null ? null : hostOf(address);
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
