// What a stranger on the socket may take up: slow senders, huge ones, crowds, and readers that never read.

import { describe, expect, test } from 'vitest';
import { connect } from '../../src/api/client.ts';
import type { CommandResult } from '../../src/core/index.ts';
import { eventually, raw, serve } from '../support/api-server.ts';
import { fakeAgent, memberView } from '../support/fake-agent.ts';

const GET = 'GET /v1/leader HTTP/1.1\r\nHost: q\r\n\r\n';
const isAnswered = (text: string): boolean => text.endsWith('{"leader":null}\n');

describe('requests that are too slow', () => {
  test.each([
    ['that sends nothing', ''],
    ['that sends half a request line', 'GET /v1/st'],
    ['that never ends its headers', 'GET /v1/status HTTP/1.1\r\nHost: q\r\nX-A: 1\r\n'],
  ])('a connection %s gets 408 and is closed', async (_, bytes) => {
    const { path, server } = await serve(fakeAgent(), { limits: { headersMs: 100, checkMs: 20 } });
    expect(await raw(path, bytes).closed()).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"request-timeout"/);
    await eventually(() => server.connectionCount === 0);
  });

  test('a body that never ends gets 408 and is closed', async () => {
    const agent = fakeAgent();
    const { path } = await serve(agent, { limits: { headersMs: 100, requestMs: 150, checkMs: 20 } });
    const bytes = 'POST /v1/forget HTTP/1.1\r\nHost: q\r\nContent-Length: 20\r\n\r\n{"na';
    expect(await raw(path, bytes).closed()).toMatch(/^HTTP\/1\.1 408 /);
    expect(agent.commands).toEqual([]);
  });

  test('an idle connection between two requests is not late', async () => {
    const { path } = await serve(fakeAgent(), { limits: { headersMs: 60, checkMs: 10 } });
    const connection = raw(path, GET);
    await connection.until(isAnswered);
    await new Promise((resolve) => setTimeout(resolve, 200));
    connection.socket.write(GET);
    await connection.until((text) => text.split('HTTP/1.1 200').length === 3);
  });
});

describe('requests that are too large', () => {
  test('headers over 8 KiB get 431', async () => {
    const { path } = await serve(fakeAgent());
    const answer = await raw(path, `GET /v1/status HTTP/1.1\r\nHost: q\r\nX-A: ${'a'.repeat(9000)}\r\n\r\n`).closed();
    expect(answer).toMatch(/^HTTP\/1\.1 431 [\s\S]*"code":"headers-too-large"/);
  });

  test('a body of 64 KiB is read, one byte more gets 413, declared or not', async () => {
    const agent = fakeAgent();
    const { client, path } = await serve(agent);
    const name = 'x'.repeat(64 * 1024 - '{"name":""}'.length);
    expect((await client.request('POST', '/v1/forget', { name })).status).toBe(200);
    const declared = await client.request('POST', '/v1/forget', { name: `${name}x` });
    expect(declared.status).toBe(413);
    expect(JSON.parse(declared.body)).toMatchObject({ code: 'body-too-large' });
    const chunked = raw(path, 'POST /v1/forget HTTP/1.1\r\nHost: q\r\nTransfer-Encoding: chunked\r\n\r\n');
    for (let i = 0; i < 65; i++) chunked.socket.write(`400\r\n${'y'.repeat(1024)}\r\n`);
    await chunked.until((text) => /^HTTP\/1\.1 413 /.test(text));
    expect(agent.commands).toHaveLength(1);
  });

  test('a connection is of use again after a 413 whose body came to its end', async () => {
    const { path } = await serve(fakeAgent());
    const connection = raw(path, `POST /v1/forget HTTP/1.1\r\nHost: q\r\nContent-Length: 70000\r\n\r\n${'z'.repeat(70_000)}`);
    await connection.until((text) => text.startsWith('HTTP/1.1 413'));
    connection.socket.write(GET);
    await connection.until(isAnswered);
  });

  test('a sender of gigabytes is cut off after the first of them that nobody wants', async () => {
    const { path } = await serve(fakeAgent());
    const connection = raw(path, 'POST /v1/forget HTTP/1.1\r\nHost: q\r\nContent-Length: 9999999999\r\n\r\n');
    let sent = 0;
    const piece = Buffer.alloc(64 * 1024, 0x20);
    const pump = (): void => {
      while (!connection.socket.destroyed && connection.socket.write(piece)) sent += piece.length;
    };
    connection.socket.on('drain', pump);
    pump();
    expect(await connection.closed()).toMatch(/^HTTP\/1\.1 413 /);
    expect(sent).toBeLessThan(8 * 1024 * 1024);
  });

  test.each([
    'GARBAGE\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01',
    'GET /v1/status HTTP/1.1\r\n\r\n',
    'POST /v1/leave HTTP/1.1\r\nHost: q\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
  ])('what is no request gets 400: %j', async (bytes) => {
    const agent = fakeAgent();
    const { path } = await serve(agent);
    expect(await raw(path, bytes).closed()).toMatch(/^HTTP\/1\.1 400 /);
    expect(agent.commands).toEqual([]);
  });
});

describe('crowds', () => {
  test('a new connection is let in and the longest idle one goes', async () => {
    const { path, server } = await serve(fakeAgent(), { limits: { connections: 3 } });
    const crowd = [];
    for (let i = 0; i < 3; i++) {
      crowd.push(raw(path, GET));
      await crowd[i]!.until(isAnswered);
    }
    // The first asks again, so now the second is the longest idle.
    crowd[0]!.socket.write(GET);
    await crowd[0]!.until((text) => text.split('HTTP/1.1 200').length === 3);
    const newcomer = raw(path, GET);
    await newcomer.until(isAnswered);
    await crowd[1]!.closed();
    expect(crowd[0]!.socket.destroyed || crowd[2]!.socket.destroyed).toBe(false);
    expect(server.connectionCount).toBe(3);
    expect(server.evictedCount).toBe(1);
  });

  test('half-sent requests and half-sent bodies are idle, a wish under way is not', async () => {
    let finish = (_: CommandResult): void => {};
    const answer = () => new Promise<CommandResult>((resolve) => (finish = resolve));
    const agent = fakeAgent({ answer });
    const { path, server } = await serve(agent, { limits: { connections: 3 } });
    const wish = raw(path, 'POST /v1/leave HTTP/1.1\r\nHost: q\r\n\r\n');
    await eventually(() => agent.commands.length === 1);
    const slowHeaders = raw(path, 'GET /v1/st');
    const slowBody = raw(path, 'POST /v1/forget HTTP/1.1\r\nHost: q\r\nContent-Length: 9\r\n\r\n{');
    await eventually(() => server.connectionCount === 3);
    for (let i = 0; i < 5; i++) await raw(path, GET).until(isAnswered);
    await Promise.all([slowHeaders.closed(), slowBody.closed()]);
    finish({ kind: 'done' });
    await wish.until((text) => text.endsWith('{"done":true}\n'));
  });

  test('10,000 connections leave an honest client served, each of its questions', { timeout: 60_000 }, async () => {
    const { path, server } = await serve(fakeAgent());
    const honest = connect(path, 60_000);
    let opened = 0;
    let served = 0;
    let countMax = 0;
    while (opened < 10_000) {
      for (let i = 0; i < 100; i++) raw(path, 'GET /v1/st');
      opened += 100;
      await honest.status();
      served += 1;
      countMax = Math.max(countMax, server.connectionCount);
    }
    expect(served).toBe(100);
    expect(countMax).toBeLessThanOrEqual(512);
  });
});

describe('readers that never read', () => {
  const members = Array.from({ length: 2000 }, (_, i) => memberView(`n${i}`));

  test('an answer that nobody takes is cut off in the end', async () => {
    const { path, server } = await serve(fakeAgent({ members }), { limits: { stallMs: 100 } });
    const reader = raw(path, 'GET /v1/members HTTP/1.1\r\nHost: q\r\n\r\n');
    reader.socket.pause();
    await eventually(() => server.connectionCount === 1);
    await eventually(() => server.connectionCount === 0);
  });

  test('together they cannot make the agent keep more than the bound; the slowest pays', async () => {
    const { path, server } = await serve(fakeAgent({ members }), { limits: { owedBytes: 2_000_000 } });
    for (let i = 0; i < 20; i++) raw(path, 'GET /v1/members HTTP/1.1\r\nHost: q\r\n\r\n').socket.pause();
    await eventually(() => server.evictedCount > 0 && server.connectionCount <= 5);
    expect((await connect(path).members()).members).toHaveLength(2000);
  });

  test('more requests at once than may wait are told so, and the connection ends', async () => {
    const { path } = await serve(fakeAgent());
    const answer = await raw(path, GET.repeat(100)).closed();
    expect(answer.split('HTTP/1.1 200')).toHaveLength(17);
    expect(answer).toContain('"code":"too-many-pipelined"');
  });
});

describe('keep-alive and the end', () => {
  test('many requests, one connection', async () => {
    const { path, server } = await serve(fakeAgent());
    const connection = raw(path);
    for (let i = 1; i <= 50; i++) {
      connection.socket.write(GET);
      await connection.until((text) => text.split('{"leader":null}\n').length === i + 1);
    }
    expect(server.connectionCount).toBe(1);
  });

  test('closing lets an answer under way finish, and ends idle ones and streams', async () => {
    let finish = (_: CommandResult): void => {};
    const agent = fakeAgent({ answer: () => new Promise<CommandResult>((resolve) => (finish = resolve)) });
    const { path, server } = await serve(agent);
    const idle = raw(path, GET);
    await idle.until(isAnswered);
    const stream = raw(path, 'GET /v1/events HTTP/1.1\r\nHost: q\r\n\r\n');
    await stream.until((text) => text.includes('\r\n\r\n'));
    const wish = raw(path, 'POST /v1/leave HTTP/1.1\r\nHost: q\r\n\r\n');
    await eventually(() => agent.commands.length === 1);
    const closing = server.close();
    finish({ kind: 'done' });
    expect(await wish.closed()).toContain('{"done":true}');
    expect(await stream.closed()).toMatch(/0\r\n\r\n$/);
    await idle.closed();
    await closing;
  });

  test('closing does not wait for ever for one that keeps it waiting', async () => {
    const agent = fakeAgent({ answer: () => new Promise<CommandResult>(() => {}) });
    const { path, server } = await serve(agent, { limits: { closeMs: 50 } });
    const wish = raw(path, 'POST /v1/leave HTTP/1.1\r\nHost: q\r\n\r\n');
    await eventually(() => agent.commands.length === 1);
    await server.close();
    await wish.closed();
  });
});
