// What is advertised: the rule as a function of what was found out, and the finding out on this host's loopback.

import { describe, expect, test } from 'vitest';
import { advertisedByRoute, advertisedByWish, chooseAdvertised, type Routes } from '../../src/agent/advertise.ts';
import { OperationalError } from '../../src/agent/operational-error.ts';
import { HostResolver } from '../../src/agent/resolver.ts';
import { routeSource } from '../../src/agent/routes.ts';
import { address } from '../../src/core/index.ts';

const everywhere = { host: null, port: 7946 };
const interfaces = [
  { interfaceName: 'lo', host: '127.0.0.1' },
  { interfaceName: 'eth0', host: 'fe80::1' },
  { interfaceName: 'eth0', host: 'fd00::5' },
  { interfaceName: 'eth0', host: '10.0.0.5' },
  { interfaceName: 'eth1', host: 'fe80::2' },
];

function refusalOf(act: () => unknown): OperationalError {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof OperationalError) return thrown;
    throw thrown;
  }
  throw new Error('it was not refused');
}

describe('what is wished for', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7:7946'],
    ['192.0.2.7:80', '192.0.2.7:80'],
    ['[2001:DB8::7]:80', '[2001:db8::7]:80'],
    ['2001:db8::7', '[2001:db8::7]:7946'],
    ['@eth0', '10.0.0.5:7946'],
    ['@lo', '127.0.0.1:7946'],
  ])('--advertise %s is %s', (advertise, expected) => {
    expect(advertisedByWish(advertise, everywhere, interfaces)).toEqual({
      address: expected,
      reason: expect.stringContaining('--advertise names'),
    });
  });

  test('nothing is the address that is bound, if it is one, and names no flag that nobody typed', () => {
    expect(advertisedByWish(null, { host: '127.0.0.1', port: 40123 }, interfaces)).toEqual({
      address: '127.0.0.1:40123',
      reason: 'it is the address that is bound',
    });
  });

  test('an interface gives its IPv6 address when it has no other', () => {
    const onlySix = interfaces.filter(({ host }) => host.includes(':'));
    expect(advertisedByWish('@eth0', everywhere, onlySix)?.address).toBe('[fd00::5]:7946');
  });

  test('an unknown interface is refused with those there are', () => {
    const refusal = refusalOf(() => advertisedByWish('@wlan0', everywhere, interfaces));
    expect(refusal.code).toBe('usage');
    expect(refusal.message).toBe('--advertise @wlan0: there is no interface of that name with an address');
    expect(refusal.hint).toContain('lo, eth0, eth1');
  });

  test('an interface with nothing that others could use is refused with what it has', () => {
    expect(refusalOf(() => advertisedByWish('@eth1', everywhere, interfaces)).message).toContain('fe80::2');
    const bound = { host: '0.0.0.0', port: 7946 };
    const onlySix = interfaces.filter(({ host }) => host.includes(':'));
    expect(refusalOf(() => advertisedByWish('@eth0', bound, onlySix)).message).toContain('what is bound (0.0.0.0)');
  });

  test.each(['n1.example', '0.0.0.0', '255.255.255.255', 'ff02::1', '10.0.0.1:99999', ''])('%j is refused', (advertise) => {
    expect(refusalOf(() => advertisedByWish(advertise, everywhere, interfaces)).code).toBe('usage');
  });

  test('a bound address counts when it is a specific one, the flag before it', () => {
    expect(advertisedByWish(null, { host: '0:0::1', port: 5 }, interfaces)?.address).toBe('[::1]:5');
    expect(advertisedByWish('10.0.0.9', { host: '10.0.0.5', port: 5 }, interfaces)?.address).toBe('10.0.0.9:5');
    for (const host of [null, '0.0.0.0', '::']) expect(advertisedByWish(null, { host, port: 5 }, interfaces)).toBeNull();
  });
});

describe('what the routes say', () => {
  const none: Routes = { bound: everywhere, seedRoutes: [], defaultSources: [], interfaces: [] };

  test('is the source of the route to the first seed', () => {
    const seedRoutes = [
      { seed: 'a', source: '10.0.0.5' },
      { seed: 'b', source: '192.168.0.5' },
    ];
    expect(advertisedByRoute({ ...none, seedRoutes, defaultSources: ['192.168.0.5'] })).toEqual({
      address: '10.0.0.5:7946',
      reason: 'it is the source address of the route to the seed a',
    });
  });

  test('is that of the default route without a seed, or with seeds that have no address now', () => {
    expect(advertisedByRoute({ ...none, defaultSources: ['10.0.0.5'] })).toEqual({
      address: '10.0.0.5:7946',
      reason: 'it is the source address of the default route (no seed is known yet)',
    });
    const seedRoutes = [{ seed: 'a', source: null }];
    expect(advertisedByRoute({ ...none, seedRoutes, defaultSources: ['10.0.0.5'] }).reason).toContain('no seed has a usable route');
  });

  test('is loopback only if all seeds are on it', () => {
    const local = { seed: 'me', source: '127.0.0.1' };
    expect(advertisedByRoute({ ...none, seedRoutes: [local, { seed: 'b', source: '::1' }] }).address).toBe('127.0.0.1:7946');
    expect(advertisedByRoute({ ...none, seedRoutes: [local, { seed: 'b', source: '10.0.0.5' }] }).address).toBe('10.0.0.5:7946');
    const unknown = { ...none, seedRoutes: [local, { seed: 'b', source: null }], defaultSources: ['10.0.0.5'] };
    expect(advertisedByRoute(unknown).address).toBe('10.0.0.5:7946');
  });

  test('is never an address with a zone, nor IPv6 for a socket that hears none', () => {
    const seedRoutes = [
      { seed: 'a', source: 'fe80::1' },
      { seed: 'b', source: 'fd00::5' },
      { seed: 'c', source: '10.0.0.5' },
    ];
    expect(advertisedByRoute({ ...none, seedRoutes }).address).toBe('[fd00::5]:7946');
    expect(advertisedByRoute({ ...none, seedRoutes, bound: { host: '0.0.0.0', port: 7946 } }).address).toBe('10.0.0.5:7946');
  });

  test('without a default route is the only address there is', () => {
    const own = interfaces.filter(({ host }) => host !== 'fd00::5');
    expect(advertisedByRoute({ ...none, interfaces: own })).toEqual({
      address: '10.0.0.5:7946',
      reason: expect.stringContaining('on eth0'),
    });
  });

  test('is refused with what there is when nothing can be told', () => {
    const several = refusalOf(() => advertisedByRoute({ ...none, interfaces }));
    expect(several.code).toBe('address-unavailable');
    expect(several.message).toContain('there are several addresses (fd00::5 on eth0, 10.0.0.5 on eth0)');
    expect(several.hint).toContain('--advertise @INTERFACE');
    expect(refusalOf(() => advertisedByRoute(none)).message).toContain('there is no address but loopback');
  });
});

describe('on this host', () => {
  test('the way to loopback starts there', async () => {
    expect(await routeSource(address('127.0.0.1:9'))).toBe('127.0.0.1');
  });

  test('an address that nothing leads to has no source', async () => {
    expect(await routeSource(address('255.255.255.255:9'))).toBeNull();
  });

  test('seeds on loopback make the agent known there', async () => {
    const resolver = new HostResolver();
    const chosen = await chooseAdvertised({ advertise: null, bound: everywhere, seeds: ['127.0.0.1:5', '127.0.0.2'], resolver });
    expect(chosen).toEqual({ address: '127.0.0.1:7946', reason: 'it is the source address of the route to the seed 127.0.0.1:5' });
  });

  test('the interface lo gives its address', async () => {
    const resolver = new HostResolver();
    expect((await chooseAdvertised({ advertise: '@lo', bound: everywhere, seeds: [], resolver })).address).toBe('127.0.0.1:7946');
  });
});
