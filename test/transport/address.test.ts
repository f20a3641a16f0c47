// One text an address.

import { expect, test } from 'vitest';
import { fromSocket } from '../../src/transport/address.ts';
import { canonicalAddress } from '../../src/transport/index.ts';

test.each([
  ['10.0.0.1', '10.0.0.1:7946'],
  ['::1', '[::1]:7946'],
  ['0:0:0:0:0:0:0:1', '[::1]:7946'],
  ['2001:DB8::0:1', '[2001:db8::1]:7946'],
  ['::ffff:10.0.0.1', '10.0.0.1:7946'],
  ['::FFFF:a00:1', '10.0.0.1:7946'],
  ['fe80::1%lo', '[fe80::1%lo]:7946'],
  ['fe80::1%my_if', null],
  ['::1\0x', null],
  ['1:2', null],
  ['localhost', null],
  ['10.0.0.256', null],
  ['', null],
])('%s is %s', (host, expected) => {
  expect(canonicalAddress(host, 7946)).toBe(expected);
});

test.each([-1, 65_536, 1.5, Number.NaN])('%d is no port', (port) => {
  expect(canonicalAddress('10.0.0.1', port)).toBeNull();
});

test('a peer over a socket of both families has its IPv4 address', () => {
  expect(fromSocket('::ffff:10.0.0.1', 7946)).toBe('10.0.0.1:7946');
  expect(fromSocket('fe80::1%eth0', 7946)).toBe('[fe80::1%eth0]:7946');
});
