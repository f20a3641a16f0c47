// Real sockets on loopback: what is sent arrives, under the sender's one canonical address, and what cannot be sent is counted.

import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type Address, portOf } from '../../src/core/index.ts';
import { type ExchangeAnswer, type OpenTransport, openTransport, type Receiver, TransportError } from '../../src/transport/index.ts';
import { hasIPv6 } from '../support/ipv6.ts';
import { until } from '../support/until.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

interface Arrival {
  readonly from: Address;
  readonly text: string;
}

/** Answers every question with `re: ` and the question. */
async function openOne(host: string | null, port = 0): Promise<OpenTransport & { readonly arrivals: Arrival[] }> {
  const open = await openTransport({ host, port }, () => {});
  opened.push(open);
  const arrivals: Arrival[] = [];
  const receiver: Receiver = {
    datagram: (from, bytes) => void arrivals.push({ from, text: Buffer.from(bytes).toString() }),
    asked: (from, bytes, answer) => {
      arrivals.push({ from, text: Buffer.from(bytes).toString() });
      answer(Buffer.concat([Buffer.from('re: '), bytes]));
    },
  };
  open.transport.listen(receiver);
  return { ...open, arrivals };
}

function ask(of: OpenTransport, to: Address, question: Uint8Array, timeoutMs = 5000): Promise<ExchangeAnswer> {
  return new Promise((resolve) => of.transport.exchange(to, question, timeoutMs, resolve));
}

function textOf(answer: ExchangeAnswer): string {
  return answer.kind === 'answer' ? Buffer.from(answer.bytes).toString() : `failed: ${answer.reason}`;
}

const families = [
  { title: 'over IPv4', host: '127.0.0.1', isThere: true },
  { title: 'over IPv6', host: '::1', isThere: hasIPv6 },
];

describe.each(families.filter(({ isThere }) => isThere))('$title', ({ host }) => {
  test('datagrams arrive under the address that was bound', async () => {
    const one = await openOne(host);
    const other = await openOne(host);
    one.transport.send(other.boundAddress, Buffer.from('hello'));
    await until(() => other.arrivals.length === 1, 'the datagram arrived');
    expect(other.arrivals[0]).toEqual({ from: one.boundAddress, text: 'hello' });
  });

  test('an exchange brings the answer to its question', async () => {
    const one = await openOne(host);
    const other = await openOne(host);
    expect(textOf(await ask(one, other.boundAddress, Buffer.from('what?')))).toBe('re: what?');
  });

  test('an exchange carries millions of bytes each way', async () => {
    const one = await openOne(host);
    const other = await openOne(host);
    const question = new Uint8Array(4_000_000).map((_, i) => 97 + (i % 26));
    const answer = await ask(one, other.boundAddress, question);
    expect(answer.kind === 'answer' && Buffer.concat([Buffer.from('re: '), question]).equals(answer.bytes)).toBe(true);
  });

  test('nobody listening is a failed exchange', async () => {
    const one = await openOne(host);
    const gone = await openTransport({ host, port: 0 }, () => {});
    await gone.close();
    expect(textOf(await ask(one, gone.boundAddress, Buffer.from('what?')))).toBe('failed: ECONNREFUSED');
  });
});

test('the sender may use its buffer again at once', async () => {
  const one = await openOne('127.0.0.1');
  const other = await openOne('127.0.0.1');
  const buffer = Buffer.alloc(1200);
  for (let i = 0; i < 50; i++) {
    buffer.fill(97 + (i % 26));
    one.transport.send(other.boundAddress, buffer);
  }
  buffer.fill(0);
  await until(() => other.arrivals.length === 50, 'all datagrams arrived');
  for (const [i, { text }] of other.arrivals.entries()) expect(text).toBe(String.fromCharCode(97 + (i % 26)).repeat(1200));
});

describe('bound to every address', () => {
  test('IPv4 peers have IPv4 addresses, both ways', async () => {
    const every = await openOne(null);
    const four = await openOne('127.0.0.1');
    const everyOverFour = `127.0.0.1:${portOf(every.boundAddress)}` as Address;
    four.transport.send(everyOverFour, Buffer.from('to'));
    await until(() => every.arrivals.length === 1, 'the datagram arrived');
    expect(every.arrivals[0]).toEqual({ from: four.boundAddress, text: 'to' });
    every.transport.send(four.boundAddress, Buffer.from('fro'));
    await until(() => four.arrivals.length === 1, 'the other datagram arrived');
    expect(four.arrivals[0]).toEqual({ from: everyOverFour, text: 'fro' });
    expect(textOf(await ask(four, everyOverFour, Buffer.from('a')))).toBe('re: a');
    expect(every.arrivals[1]?.from).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(textOf(await ask(every, four.boundAddress, Buffer.from('b')))).toBe('re: b');
  });

  test.skipIf(!hasIPv6)('IPv6 peers are reached too', async () => {
    const every = await openOne(null);
    const six = await openOne('::1');
    every.transport.send(six.boundAddress, Buffer.from('to'));
    await until(() => six.arrivals.length === 1, 'the datagram arrived');
    expect(six.arrivals[0]).toEqual({ from: `[::1]:${portOf(every.boundAddress)}`, text: 'to' });
    expect(textOf(await ask(six, `[::1]:${portOf(every.boundAddress)}` as Address, Buffer.from('a')))).toBe('re: a');
  });
});

describe('what cannot be bound', () => {
  async function errorOf(host: string, port: number): Promise<unknown> {
    return openTransport({ host, port }, () => {}).then(
      (open) => open.close().then(() => 'opened'),
      (error: unknown) => error,
    );
  }

  test('a port whose UDP side is taken is named with its code', async () => {
    const taken = createSocket('udp4');
    await new Promise<void>((resolve) => taken.bind(0, '127.0.0.1', resolve));
    opened.push(taken);
    const error = await errorOf('127.0.0.1', taken.address().port);
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ code: 'EADDRINUSE', protocol: 'udp', address: `127.0.0.1:${taken.address().port}` });
  });

  test('a port whose TCP side is taken leaves its UDP side free', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    opened.push(taken);
    const { port } = taken.address() as { port: number };
    expect(await errorOf('127.0.0.1', port)).toMatchObject({ code: 'EADDRINUSE', protocol: 'tcp' });
    const udp = createSocket('udp4');
    await new Promise<void>((resolve) => udp.bind(port, '127.0.0.1', resolve));
    opened.push(udp);
  });

  test('two transports cannot share a port', async () => {
    const one = await openOne('127.0.0.1');
    expect(await errorOf('127.0.0.1', portOf(one.boundAddress))).toMatchObject({ code: 'EADDRINUSE' });
  });

  test('an address of another host is named with its code', async () => {
    expect(await errorOf('192.0.2.1', 0)).toMatchObject({ code: 'EADDRNOTAVAIL', protocol: 'udp', address: '192.0.2.1:0' });
  });

  test('a host name is no address', async () => {
    expect(await errorOf('localhost', 0)).toMatchObject({ code: 'EINVAL' });
  });
});

describe('what cannot be sent', () => {
  test('is counted by its code and never thrown', async () => {
    const one = await openOne('127.0.0.1');
    const counted = (name: string): number => one.counters.get(name) ?? 0;
    one.transport.send('127.0.0.1:9' as Address, new Uint8Array(70_000));
    one.transport.send('[::1]:7946' as Address, new Uint8Array(1));
    one.transport.send('127.0.0.1:0' as Address, new Uint8Array(1));
    await until(() => counted('udp-send-EMSGSIZE') === 1, 'the error was counted');
    expect(counted('udp-send-unsuitable-address')).toBe(2);
  });

  test('after closing is counted too, and an exchange fails', async () => {
    const one = await openOne('127.0.0.1');
    await one.close();
    one.transport.send('127.0.0.1:9' as Address, new Uint8Array(1));
    expect(one.counters.get('udp-send-closed')).toBe(1);
    expect(textOf(await ask(one, '127.0.0.1:9' as Address, new Uint8Array(1)))).toBe('failed: closed');
  });
});

test('closing ends the exchanges that are under way and frees the port', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as { port: number };
  const one = await openOne('127.0.0.1');
  const waiting = ask(one, `127.0.0.1:${port}` as Address, Buffer.from('?'));
  await one.close();
  expect(textOf(await waiting)).toBe('failed: closed');
  silent.close();
  const again = await openOne('127.0.0.1', portOf(one.boundAddress));
  expect(again.boundAddress).toBe(one.boundAddress);
});

test('an exchange that is never answered fails after its time', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  opened.push(silent);
  const { port } = silent.address() as { port: number };
  const one = await openOne('127.0.0.1');
  expect(textOf(await ask(one, `127.0.0.1:${port}` as Address, Buffer.from('?'), 30))).toBe('failed: timeout');
});
