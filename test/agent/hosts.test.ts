// One text for one address, and the kinds of hosts.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalHost, isLinkLocalHost, isLoopbackHost, isUnspecifiedHost } from '../../src/agent/hosts.ts';

describe('the canonical text of an address', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['2001:DB8::A', '2001:db8::a'],
    ['2001:0db8:0000:0000:0001:0000:0000:0001', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:7f00:1', '127.0.0.1'],
  ])('of %s is %s', (text, canonical) => {
    expect(canonicalHost(text)).toBe(canonical);
  });

  test.each(['', 'localhost', '1.2.3', '01.2.3.4', '1::2::3', 'fe80::1%eth0', '[::1]', '12345::'])('%j is no address', (text) => {
    expect(canonicalHost(text)).toBeNull();
  });

  test('is the same for all ways to write one address, and its own canonical text', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const canonical = canonicalHost(text);
        if (canonical === null) throw new Error(`${text} is refused`);
        expect(canonicalHost(canonical)).toBe(canonical);
        expect(canonicalHost(text.toUpperCase())).toBe(canonical);
      }),
    );
  });
});

test('loopback, link-local and everywhere are told from other hosts', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1', '10.0.0.1', '::2'].map(isLoopbackHost)).toEqual([true, true, true, false, false]);
  expect(['169.254.1.1', 'fe80::1', 'febf::1', 'fec0::1', 'fd00::1'].map(isLinkLocalHost)).toEqual([true, true, true, false, false]);
  expect(['::', '0.0.0.0', '::1'].map(isUnspecifiedHost)).toEqual([true, true, false]);
});
