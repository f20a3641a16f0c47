// Which addresses a packet may name.

import { SocketAddress } from 'node:net';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isMemberAddress } from '../../src/wire/address.ts';

test.each([
  '10.0.0.1:1',
  '127.0.0.1:65535',
  '240.0.0.1:7946',
  '[::1]:7946',
  '[fe80::1]:7946',
  '[2001:db8::1:0:0:1]:7946',
  '[1:2:3:4:5:6:7:8]:7946',
])('%s may be named', (text) => {
  expect(isMemberAddress(text)).toBe(true);
});

test.each([
  '',
  '10.0.0.1',
  '10.0.0.1:0',
  '10.0.0.1:65536',
  '10.0.0.1:07946',
  '10.0.0.01:7946',
  '10.0.0.256:7946',
  '10.0.0:7946',
  ' 10.0.0.1:7946',
  '10.0.0.1:7946\n',
  'localhost:7946',
  '0.0.0.0:7946',
  '224.0.0.1:7946',
  '239.255.255.255:7946',
  '255.255.255.255:7946',
  '::1:7946',
  '[::1]',
  '[::1]:0',
  '[::1]:65536',
  '[::]:7946',
  '[ff02::1]:7946',
  '[::ffff:10.0.0.1]:7946',
  '[::ffff:a00:1]:7946',
  '[::a00:1]:7946',
  '[0:0:0:0:0:0:0:1]:7946',
  '[FE80::1]:7946',
  '[fe80::1%eth0]:7946',
  '[2001:0db8::1]:7946',
  '[1::2::3]:7946',
  '[1:2:3:4:5:6:7]:7946',
  '[1:2:3:4:5:6:7:8:9]:7946',
  '[1:2:3:4:5:6:7::]:7946',
  '[2001:db8:0:0:1::1]:7946',
  '[:1:2:3:4:5:6:7]:7946',
  '[1::2:]:7946',
])('%j is refused', (text) => {
  expect(isMemberAddress(text)).toBe(false);
});

describe('of IPv6 addresses', () => {
  const group = fc.oneof(fc.constant(0), fc.nat(0xffff));
  const groups = fc.tuple(fc.integer({ min: 1, max: 0xfeff }), group, group, group, group, group, group, group);

  test('just the text that the system prints may be named', () => {
    fc.assert(
      fc.property(groups, (values) => {
        const long = values.map((value) => value.toString(16).padStart(4, '0')).join(':');
        const printed = new SocketAddress({ address: long, family: 'ipv6', port: 1 }).address;
        expect(isMemberAddress(`[${printed}]:7946`)).toBe(true);
        expect(isMemberAddress(`[${long}]:7946`)).toBe(long === printed);
      }),
    );
  });
});
