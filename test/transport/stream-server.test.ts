// What a stranger may hold of an agent by TCP is bounded in bytes, connections and time.

import { connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Counters } from '../../src/transport/counters.ts';
import { type StreamLimits, StreamServer } from '../../src/transport/stream-server.ts';
import { until } from '../support/until.ts';

const roomy: StreamLimits = { frameBytesMax: 1_000_000, connectionsMax: 8, heldBytesMax: 2_000_000, idleMs: 60_000, totalMs: 60_000 };

let server: StreamServer;
let counters: Counters;
let port: number;
let asked: number;
const strangers: Socket[] = [];

async function serve(limits: Partial<StreamLimits>): Promise<void> {
  counters = new Counters();
  port = await freePort();
  server = new StreamServer('127.0.0.1', port, { ...roomy, ...limits }, counters, () => {});
  asked = 0;
  server.listen((_from, bytes, answer) => {
    asked += 1;
    answer(bytes);
    answer(Buffer.from('a second answer is not sent'));
  });
  await server.bind();
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

/** A connection that is open, with all that came back on it and whether it was closed. */
async function stranger(): Promise<{ socket: Socket; received: Buffer[]; isClosed: () => boolean }> {
  const socket = connect({ host: '127.0.0.1', port });
  strangers.push(socket);
  const received: Buffer[] = [];
  let isClosed = false;
  socket.on('data', (chunk) => received.push(chunk));
  socket.on('error', () => {});
  socket.on('close', () => {
    isClosed = true;
  });
  const before = server.connectionCount + (counters.all.get('tcp-in-evicted') ?? 0);
  await until(() => server.connectionCount + (counters.all.get('tcp-in-evicted') ?? 0) > before, 'the connection was accepted');
  return { socket, received, isClosed: () => isClosed };
}

function frame(text: string): Buffer {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(text.length);
  return Buffer.concat([prefix, Buffer.from(text)]);
}

beforeEach(() => serve({}));
afterEach(async () => {
  for (const socket of strangers.splice(0)) socket.destroy();
  await server.close();
});

test('a frame that comes byte by byte is answered once, and the connection closed', async () => {
  const { socket, received, isClosed } = await stranger();
  for (const byte of frame('hello')) socket.write(Buffer.from([byte]));
  await until(isClosed, 'the connection was closed');
  expect(Buffer.concat(received)).toEqual(frame('hello'));
  expect(asked).toBe(1);
});

test('a claim of 4 GiB closes the connection', async () => {
  const { socket, isClosed } = await stranger();
  socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 1]));
  await until(isClosed, 'the connection was closed');
  expect(counters.all.get('tcp-in-too-long')).toBe(1);
});

test('a claim within bounds takes room only for bytes that have come', async () => {
  const { socket } = await stranger();
  socket.write(Buffer.concat([Buffer.from([0, 0x0f, 0x42, 0x40]), Buffer.alloc(10)]));
  await until(() => server.heldBytes > 0, 'the bytes had come');
  expect(server.heldBytes).toBeLessThanOrEqual(4096);
});

test('bytes behind the frame close the connection without a question being asked twice', async () => {
  const { socket, isClosed } = await stranger();
  socket.write(Buffer.concat([frame('hello'), Buffer.from('more')]));
  await until(isClosed, 'the connection was closed');
  expect(asked).toBe(0);
  expect(counters.all.get('tcp-in-excess')).toBe(1);
});

describe('in time', () => {
  test('half a frame and then silence is cut off', async () => {
    await server.close();
    await serve({ idleMs: 30 });
    const { socket, isClosed } = await stranger();
    socket.write(frame('hello').subarray(0, 6));
    await until(isClosed, 'the connection was closed');
    expect(counters.all.get('tcp-in-idle')).toBe(1);
    expect(server.heldBytes).toBe(0);
  });

  test('a frame that never ends is cut off though it never pauses', async () => {
    await server.close();
    await serve({ totalMs: 60 });
    const { socket, isClosed } = await stranger();
    socket.write(Buffer.from([0, 0x0f, 0, 0]));
    const drip = setInterval(() => socket.write(Buffer.alloc(1)), 5);
    await until(isClosed, 'the connection was closed');
    clearInterval(drip);
    expect(counters.all.get('tcp-in-timeout')).toBe(1);
  });
});

describe('in number', () => {
  test('of too many connections the one idle the longest goes', async () => {
    const all = [];
    for (let i = 0; i < roomy.connectionsMax; i++) all.push(await stranger());
    // The first speaks, so the second is now the one idle the longest.
    all[0]!.socket.write(Buffer.from([0, 0, 0, 9, 1]));
    await until(() => server.heldBytes > 0, 'the first had spoken');
    await stranger();
    await until(all[1]!.isClosed, 'the second was closed');
    expect(all.filter(({ isClosed }) => isClosed())).toHaveLength(1);
    expect(server.connectionCount).toBe(roomy.connectionsMax);
  });

  test('of too many bytes the connection that holds most goes', async () => {
    await server.close();
    await serve({ heldBytesMax: 600_000 });
    const greedy = await stranger();
    const modest = await stranger();
    const half = Buffer.concat([Buffer.from([0, 0x0f, 0x42, 0x40]), Buffer.alloc(500_000)]);
    greedy.socket.write(half);
    await until(() => server.heldBytes >= 500_000, 'the bytes had come');
    modest.socket.write(half.subarray(0, 300_000));
    await until(greedy.isClosed, 'the greedy one was closed');
    expect(modest.isClosed()).toBe(false);
    expect(counters.all.get('tcp-in-over-memory')).toBe(1);
  });

  test('nothing is held once they are gone', async () => {
    const all = await Promise.all([stranger(), stranger()]);
    for (const { socket } of all) socket.write(frame('hello').subarray(0, 7));
    await until(() => server.heldBytes > 0, 'bytes had come');
    for (const { socket } of all) socket.destroy();
    await until(() => server.connectionCount === 0, 'the connections were forgotten');
    expect(server.heldBytes).toBe(0);
  });
});
