// Seeds as people write them, and names whose server is quick, slow or silent.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseEndpoint } from '../../src/agent/endpoint.ts';
import { HostResolver, type Lookup } from '../../src/agent/resolver.ts';

interface Answer {
  readonly addresses: readonly string[];
  readonly problem: string | null;
}

function resolved(resolver: HostResolver, seed: string): Promise<Answer> {
  return new Promise((resolve) => resolver.resolve(seed, (addresses, problem) => resolve({ addresses, problem })));
}

const noLookup: Lookup = (host) => Promise.reject(new Error(`${host} was looked up`));

describe('a seed', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1:7946'],
    ['10.0.0.1:1', '10.0.0.1:1'],
    ['::1', '[::1]:7946'],
    ['[0:0::1]:5', '[::1]:5'],
    ['[FD00::1]', '[fd00::1]:7946'],
    ['[::ffff:10.0.0.1]:5', '10.0.0.1:5'],
  ])('%s is %s without a name server, and not within the call', async (seed, address) => {
    const resolver = new HostResolver({ lookup: noLookup });
    let isWithin = true;
    resolver.resolve(seed, () => expect(isWithin).toBe(false));
    isWithin = false;
    expect(await resolved(resolver, seed)).toEqual({ addresses: [address], problem: null });
  });

  test.each([
    ['', 'it is empty'],
    ['host:', 'not HOST, HOST:PORT'],
    ['host:70000', 'a port is a number from 1 to 65535'],
    ['host:0', 'a port is a number from 1 to 65535'],
    ['a b', 'not a host name'],
    ['-x', 'not a host name'],
    ['[10.0.0.1]:5', 'brackets are for IPv6'],
    ['fe80::1%eth0', 'zone'],
    ['1:2:3', 'not an IPv6 address'],
    ['[::1', 'not HOST, HOST:PORT'],
  ])('%j is answered by what is wrong with it', async (seed, problem) => {
    expect(await resolved(new HostResolver({ lookup: noLookup }), seed)).toEqual({
      addresses: [],
      problem: expect.stringContaining(problem),
    });
  });

  test('may be a name with a port', () => {
    expect(parseEndpoint('n1.example:80')).toEqual({ kind: 'name', host: 'n1.example', port: 80 });
    expect(parseEndpoint('n_1')).toEqual({ kind: 'name', host: 'n_1', port: null });
  });
});

describe('a name', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('gives all its addresses once each, in order and canonical', async () => {
    const resolver = new HostResolver({ lookup: async () => ['fd00:0::2', '10.0.0.2', '::ffff:10.0.0.2', '10.0.0.1'] });
    expect(await resolved(resolver, 'n:5')).toEqual({ addresses: ['[fd00::2]:5', '10.0.0.2:5', '10.0.0.1:5'], problem: null });
  });

  test('is asked anew at every try', async () => {
    let lookups = 0;
    const resolver = new HostResolver({ lookup: async () => [`10.0.0.${++lookups}`] });
    expect((await resolved(resolver, 'n')).addresses).toEqual(['10.0.0.1:7946']);
    expect((await resolved(resolver, 'n')).addresses).toEqual(['10.0.0.2:7946']);
  });

  test('that is unknown is answered by the reason', async () => {
    const lookup: Lookup = () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' }));
    const { problem } = await resolved(new HostResolver({ lookup }), 'n');
    expect(problem).toBe('looking up n failed: the name has no address (ENOTFOUND)');
  });

  test('that hangs is answered after the time-out, and holds up no other', async () => {
    const lookup: Lookup = (host) => (host === 'slow' ? new Promise(() => {}) : Promise.resolve(['10.0.0.1']));
    const resolver = new HostResolver({ lookup });
    const answers = [resolved(resolver, 'slow'), resolved(resolver, 'slow:5')];
    expect((await resolved(resolver, 'quick')).problem).toBeNull();
    vi.advanceTimersByTime(5000);
    const problem = 'looking up slow took longer than 5000 ms';
    expect(await Promise.all(answers)).toEqual([
      { addresses: [], problem },
      { addresses: [], problem },
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('waits for its turn when all lookups hang, is answered after the time-out and never looked up', async () => {
    const asked: string[] = [];
    const lookup: Lookup = (host) => {
      asked.push(host);
      return new Promise(() => {});
    };
    const resolver = new HostResolver({ lookup, lookupsMax: 2 });
    const answers = ['a', 'b', 'c', 'a'].map((seed) => resolved(resolver, seed));
    expect(asked).toEqual(['a', 'b']);
    vi.advanceTimersByTime(5000);
    expect((await Promise.all(answers)).every(({ problem }) => problem !== null)).toBe(true);
    expect(asked).toEqual(['a', 'b']);
  });

  test('that waits is looked up when another is done', async () => {
    const open = new Map<string, (hosts: string[]) => void>();
    const lookup: Lookup = (host) => new Promise((resolve) => open.set(host, resolve));
    const resolver = new HostResolver({ lookup, lookupsMax: 1 });
    const first = resolved(resolver, 'a');
    const second = resolved(resolver, 'b');
    open.get('a')?.(['10.0.0.1']);
    expect((await first).addresses).toEqual(['10.0.0.1:7946']);
    await vi.waitUntil(() => open.has('b'));
    open.get('b')?.(['10.0.0.2']);
    expect((await second).addresses).toEqual(['10.0.0.2:7946']);
  });
});

test('the system knows localhost', async () => {
  const { addresses, problem } = await resolved(new HostResolver(), 'localhost:5');
  expect(problem).toBeNull();
  expect(['127.0.0.1:5', '[::1]:5']).toEqual(expect.arrayContaining([...addresses]));
});
