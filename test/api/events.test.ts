// The stream of events: what comes first, what is left out, how a reader resumes, and what one that never reads costs.

import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EVENT_TYPES, type EventJson } from '../../src/api/contract.ts';
import { EventStreams } from '../../src/api/event-streams.ts';
import { LIMITS } from '../../src/api/limits.ts';
import { eventually, later, raw, serve, temporaryDirectory } from '../support/api-server.ts';
import { type FakeAgent, FIRST_EVENT_ID, fakeAgent, WALL_OF_ZERO_MS } from '../support/fake-agent.ts';

async function all(events: AsyncIterable<EventJson>, count = Number.POSITIVE_INFINITY): Promise<EventJson[]> {
  const seen: EventJson[] = [];
  for await (const event of events) {
    seen.push(event);
    if (seen.length === count) break;
  }
  return seen;
}

function withEvents(count: number, ringLength = 4096): FakeAgent {
  const agent = fakeAgent({ ringLength });
  for (let i = 1; i <= count; i++) agent.append({ member: `n${i}` });
  return agent;
}

const kept = { follow: false } as const;
const numbersOf = (events: readonly EventJson[]): number[] => events.map((one) => one.id - FIRST_EVENT_ID + 1);

describe('NDJSON', () => {
  test('an event shows what it has and leaves out what it has not', async () => {
    const agent = fakeAgent();
    agent.append({ reason: 'no news for 4.5 s', type: 'member-failed' });
    agent.append({ type: 'quorate', member: '', incarnation: 0, address: '' });
    const { client } = await serve(agent);
    const response = await client.request('GET', '/v1/events?follow=false');
    expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(response.headers.get('x-quorate')).toBe('false');
    expect(
      response.body
        .split('\n')
        .slice(0, 2)
        .map((line) => JSON.parse(line)),
    ).toEqual([
      {
        id: FIRST_EVENT_ID,
        time: '2026-01-01T00:00:00.000Z',
        type: 'member-failed',
        member: 'n2',
        incarnation: 1_790_000_000_001,
        address: '10.0.0.2:7946',
        reason: 'no news for 4.5 s',
      },
      { id: FIRST_EVENT_ID + 1, time: '2026-01-01T00:00:00.000Z', type: 'quorate' },
    ]);
    expect(response.body.endsWith('\n')).toBe(true);
  });

  test('without since all that is kept comes, then what happens, until the reader goes', async () => {
    const agent = withEvents(3);
    const { client, server } = await serve(agent);
    const events = client.events();
    expect(numbersOf(await all(take(events, 3)))).toEqual([1, 2, 3]);
    agent.append({});
    expect((await events.next()).value).toMatchObject({ id: FIRST_EVENT_ID + 3 });
    expect(server.streamCount).toBe(1);
    await events.return();
    await eventually(() => server.streamCount === 0);
  });

  test('a stream of nothing has its headers at once and ends with the signal', async () => {
    const { client, server } = await serve(fakeAgent());
    const controller = new AbortController();
    const events = all(client.events({ signal: controller.signal }));
    await eventually(() => server.streamCount === 1);
    controller.abort();
    expect(await events).toEqual([]);
    await eventually(() => server.streamCount === 0);
  });

  test('since continues after an id', async () => {
    const { client } = await serve(withEvents(5));
    expect(numbersOf(await all(client.events({ ...kept, since: FIRST_EVENT_ID + 2 })))).toEqual([4, 5]);
    expect(await all(client.events({ ...kept, since: FIRST_EVENT_ID + 4 }))).toEqual([]);
  });

  test('more events than a slice holds come in order', async () => {
    const { client } = await serve(withEvents(1000));
    expect(numbersOf(await all(client.events(kept)))).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
  });

  test('types select, in a list or repeated', async () => {
    const agent = fakeAgent();
    for (const type of EVENT_TYPES) agent.append({ type });
    const { client } = await serve(agent);
    const types = (await all(client.events({ ...kept, types: ['quorate', 'fenced'] }))).map((one) => one.type);
    expect(types).toEqual(['quorate', 'fenced', 'lost'].slice(0, 2));
    const { body } = await client.request('GET', '/v1/events?type=fenced&type=quorate&follow=false');
    expect(body.trim().split('\n')).toHaveLength(2);
  });
});

describe('what can no longer be told', () => {
  test('is one event lost with the count, dated now, whose id is the one before the next', async () => {
    const { client } = await serve(withEvents(20, 8));
    const [lost, next, ...rest] = await all(client.events({ ...kept, since: FIRST_EVENT_ID + 4 }));
    expect(lost).toMatchObject({ type: 'lost', count: 7, id: FIRST_EVENT_ID + 11 });
    expect(Date.parse(lost!.time)).toBeGreaterThan(WALL_OF_ZERO_MS);
    expect(next).toMatchObject({ id: FIRST_EVENT_ID + 12 });
    expect(rest).toHaveLength(7);
  });

  test('is told with a reason when nobody can count it, and only once', async () => {
    const agent = withEvents(2);
    const { client } = await serve(agent);
    const events = client.events({ since: 2_000_000_017 });
    const [lost, ...rest] = await all(take(events, 3));
    expect(lost).toMatchObject({ type: 'lost', id: FIRST_EVENT_ID - 1, reason: expect.stringContaining('2000000017 is not known') });
    expect(lost).not.toHaveProperty('count');
    expect(numbersOf(rest)).toEqual([1, 2]);
    agent.append({});
    expect((await events.next()).value).toMatchObject({ type: 'member-joined' });
    await events.return();
  });

  test('after an id of the future is told as such', async () => {
    const { client } = await serve(withEvents(2));
    const [lost] = await all(client.events({ ...kept, since: FIRST_EVENT_ID + 70 }));
    expect(lost).toMatchObject({
      type: 'lost',
      reason: `what came after ${FIRST_EVENT_ID + 70} is not known: that id lies ahead of the newest, ${FIRST_EVENT_ID + 1}`,
    });
  });

  test('is told even when nothing follows, and no filter hides it', async () => {
    const { client } = await serve(fakeAgent());
    const events = await all(client.events({ ...kept, since: 17, types: ['quorate'] }));
    expect(events.map((one) => [one.type, one.id])).toEqual([['lost', FIRST_EVENT_ID - 1]]);
  });
});

describe('server-sent events', () => {
  const ask = (headers: string, query = ''): string =>
    `GET /v1/events${query} HTTP/1.0\r\nHost: q\r\nAccept: text/event-stream\r\n${headers}\r\n`;

  test('each event has id, type and data', async () => {
    const { path } = await serve(withEvents(1));
    const answer = await raw(path, ask('', '?follow=false')).closed();
    expect(answer).toContain('Content-Type: text/event-stream; charset=utf-8\r\n');
    const [, body] = answer.split('\r\n\r\n');
    expect(body).toMatch(/^id: 3000000001\nevent: member-joined\ndata: \{"id":3000000001,.*\}\n\n$/);
  });

  test('Last-Event-ID resumes, and wins over since', async () => {
    const { path } = await serve(withEvents(5));
    const answer = await raw(path, ask(`Last-Event-ID: ${FIRST_EVENT_ID + 3}\r\n`, '?since=0&follow=false')).closed();
    expect(answer.match(/^id: \d+/gm)).toEqual([`id: ${FIRST_EVENT_ID + 4}`]);
    expect(await raw(path, ask('Last-Event-ID: x\r\n')).closed()).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('a comment keeps a quiet connection open', async () => {
    const { path } = await serve(fakeAgent(), { limits: { sseCommentMs: 20 } });
    const stream = raw(path, ask(''));
    await stream.until((text) => text.split(': keep-alive\n\n').length > 3);
  });
});

describe('a reader that never reads', () => {
  test('costs one slice and the kernel’s buffer, however much happens, and is told how much it lost', async () => {
    const agent = fakeAgent();
    const responses: ServerResponse[] = [];
    const streams = new EventStreams(agent.events, LIMITS, { nowMs: () => performance.now(), wallClockMs: () => 0 });
    const server = createServer((request, response) => {
      responses.push(response);
      streams.open(request, response, { query: { since: 0, types: null, follow: true }, isEventSource: false, headers: [] });
    });
    const path = join(temporaryDirectory(), 's');
    await new Promise<void>((resolve) => server.listen(path, resolve));
    later(() => {
      server.close();
    });
    const reader = raw(path, 'GET / HTTP/1.1\r\nHost: q\r\n\r\n');
    reader.socket.pause();
    await eventually(() => responses.length === 1);
    const [response] = responses;
    let queuedBytesMax = 0;
    for (let i = 0; i < 100_000; i++) {
      agent.append({ reason: 'x'.repeat(100) });
      if (i % 100 === 0) {
        await new Promise((resolve) => setImmediate(resolve));
        queuedBytesMax = Math.max(queuedBytesMax, response!.writableLength);
      }
    }
    const sliceBytes = LIMITS.sliceEvents * 300;
    expect(response!.writableNeedDrain).toBe(true);
    expect(queuedBytesMax).toBeGreaterThan(0);
    expect(queuedBytesMax).toBeLessThan(16 * 1024 + sliceBytes);

    reader.socket.resume();
    const text = await reader.until((all) => all.includes(`"id":${agent.events.lastId},`));
    const events = [...text.matchAll(/^\{.*\}$/gm)].map(([line]) => JSON.parse(line) as EventJson);
    const lost = events.filter((one) => one.type === 'lost').reduce((sum, one) => sum + (one.count ?? Number.NaN), 0);
    expect(lost).toBeGreaterThan(90_000);
    expect(lost + events.filter((one) => one.type !== 'lost').length).toBe(100_000);
  });

  test('a burst inside one step reaches a reader in few writes', async () => {
    const agent = fakeAgent();
    const { client } = await serve(agent);
    const events = client.events();
    const first = events.next();
    agent.append({});
    await first;
    for (let i = 0; i < 100; i++) agent.append({});
    expect(numbersOf(await all(take(events, 100)))).toEqual(Array.from({ length: 100 }, (_, i) => i + 2));
    await events.return();
  });
});

describe('too many streams', () => {
  test('one more is 503, and there is room again when one goes', async () => {
    const { client, server } = await serve(fakeAgent(), { limits: { streams: 2 } });
    const first = new AbortController();
    const streams = [all(client.events({ signal: first.signal })), all(client.events())];
    await eventually(() => server.streamCount === 2);
    await expect(all(client.events())).rejects.toMatchObject({ status: 503, code: 'too-many-streams' });
    first.abort();
    await eventually(() => server.streamCount === 1);
    await expect(all(client.events(kept))).resolves.toEqual([]);
    await server.close();
    await Promise.all(streams);
  });

  test('one whose reader has taken nothing for long makes room for one more', async () => {
    const agent = withEvents(4096);
    const { client, path, server } = await serve(agent, { limits: { streams: 1, streamStallMs: 0 } });
    const stuck = raw(path, 'GET /v1/events HTTP/1.1\r\nHost: q\r\n\r\n');
    stuck.socket.pause();
    await eventually(() => server.streamCount === 1);
    // Its kernel buffer fills within a turn or two; until then it is no stalled reader and the new one is refused.
    const retried = async (): Promise<EventJson[]> => all(client.events(kept)).catch(() => retried());
    expect(await retried()).toHaveLength(4096);
    stuck.socket.resume();
    await stuck.closed();
  });
});

/** The first `count` without ending what they come from. */
async function* take<T>(from: AsyncIterator<T>, count: number): AsyncGenerator<T> {
  for (let i = 0; i < count; i++) {
    const next = await from.next();
    if (next.done === true) return;
    yield next.value;
  }
}
