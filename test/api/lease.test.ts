// Leases over a real socket: the stream, the questions, the report of an end, and what a confirmation is worth.

import { describe, expect, test } from 'vitest';
import type { LeaseLineJson, ProblemJson } from '../../src/api/contract.ts';
import type { Incarnation } from '../../src/core/index.ts';
import { eventually, raw, serve } from '../support/api-server.ts';
import { type FakeLease, fakeAgent, heldLease, leasedView } from '../support/fake-agent.ts';

async function leased(over: Partial<FakeLease> = {}) {
  const lease = heldLease(over);
  const agent = fakeAgent({ view: leasedView(lease) });
  return { lease, agent, ...(await serve(agent)) };
}

type Served = Awaited<ReturnType<typeof leased>>;

function follow({ client }: Served, scope: 'quorate' | 'leader' = 'quorate', id: string | null = null) {
  const lines: LeaseLineJson[] = [];
  const stop = new AbortController();
  const ended = (async () => {
    for await (const line of client.lease(scope, id, stop.signal)) lines.push(line);
  })();
  return { lines, ended, stop: () => stop.abort(), types: () => lines.map(({ type }) => type) };
}

const ask = async ({ client }: Served, verb: 'renew' | 'ended', id: string): Promise<unknown> =>
  JSON.parse((await client.request('POST', `/v1/lease/${verb}`, { client: id })).body);

describe('GET /v1/lease', () => {
  test('grants at once while the lease holds, and revokes when it does not', async () => {
    const served = await leased();
    const stream = follow(served, 'leader');
    await eventually(() => stream.lines.length > 0);
    expect(stream.lines[0]).toEqual({
      type: 'grant',
      client: 'c1',
      remainingMs: 2710,
      fenceMs: 3000,
      stopMs: 1000,
      node: 'n1',
      incarnation: 1_790_000_000_000,
      token: 12,
    });
    served.lease.remainingMs = 0;
    served.lease.standing = 'fenced';
    served.agent.leases.look();
    await eventually(() => stream.types().includes('revoke'));
    expect(stream.lines.at(-1)).toMatchObject({ type: 'revoke', remainingMs: 0, reason: 'n1 is not quorate: fenced' });
    stream.stop();
    await stream.ended;
  });

  test('waits where there is none, and grants when there is', async () => {
    const served = await leased({ remainingMs: 0 });
    const stream = follow(served);
    await eventually(() => stream.lines.length > 0);
    served.lease.remainingMs = 100;
    served.agent.leases.look();
    await eventually(() => stream.types().includes('grant'));
    expect(stream.types().slice(0, 2)).toEqual(['wait', 'grant']);
    stream.stop();
    await stream.ended;
  });

  test('a client that reports keeps a fence open until it has, whether or not its stream lives', async () => {
    const served = await leased();
    const stream = follow(served);
    await eventually(() => stream.lines.length > 0);
    const told: boolean[] = [];
    served.agent.leases.stop({ incarnation: 1_790_000_000_000 as Incarnation, deadMs: 60_000, scope: 'all' }, (areDead) =>
      told.push(areDead),
    );
    await eventually(() => stream.types().includes('revoke'));
    stream.stop();
    await stream.ended;
    expect(told).toEqual([]);
    expect(await ask(served, 'ended', 'c1')).toEqual({ done: true });
    expect(told).toEqual([true]);
  });

  test('a waiting client that goes leaves nothing behind', async () => {
    const served = await leased({ remainingMs: 0 });
    const stream = follow(served);
    await eventually(() => stream.lines.length > 0);
    stream.stop();
    await eventually(() => served.agent.leases.count === 0);
  });

  test('a stream that came back under its id goes on with its lease', async () => {
    const served = await leased();
    const first = follow(served);
    await eventually(() => first.lines.length > 0);
    first.stop();
    await first.ended;
    const second = follow(served, 'quorate', 'c1');
    await eventually(() => second.lines.length > 0);
    expect(second.lines[0]).toMatchObject({ type: 'grant', client: 'c1' });
    expect(served.agent.leases.count).toBe(1);
    second.stop();
  });

  test('ends when the agent does', async () => {
    const served = await leased();
    const stream = follow(served);
    await eventually(() => stream.lines.length > 0);
    await served.server.close();
    await stream.ended;
  });

  test.each([
    ['/v1/lease', 400, 'invalid-query'],
    ['/v1/lease?for=ever', 400, 'invalid-query'],
    ['/v1/lease?for=quorate&reports=maybe', 400, 'invalid-query'],
    ['/v1/lease?for=quorate&since=1', 400, 'unknown-parameter'],
  ])('%s is %i', async (target, status, code) => {
    const { client } = await leased();
    const response = await client.request('GET', target);
    expect([response.status, (JSON.parse(response.body) as ProblemJson).code]).toEqual([status, code]);
  });

  test('is not for everyone on the host', async () => {
    const { client } = await serve(fakeAgent({ view: leasedView(heldLease()) }), { access: 'read-only' });
    expect((await client.request('GET', '/v1/lease?for=quorate')).status).toBe(403);
    expect((await client.request('GET', '/v1/quorum')).status).toBe(200);
  });

  test('HEAD holds nothing open', async () => {
    const { path, agent } = await leased();
    const answer = await raw(path, 'HEAD /v1/lease?for=quorate HTTP/1.1\r\nHost: q\r\nConnection: close\r\n\r\n').closed();
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(agent.leases.count).toBe(0);
  });
});

describe('POST /v1/lease/renew', () => {
  test('answers with what is left at that moment', async () => {
    const served = await leased();
    const stream = follow(served);
    await eventually(() => stream.lines.length > 0);
    served.lease.remainingMs = 1234.5;
    expect(await ask(served, 'renew', 'c1')).toMatchObject({ type: 'renew', remainingMs: 1234 });
    served.lease.remainingMs = 0;
    expect(await ask(served, 'renew', 'c1')).toMatchObject({ type: 'revoke', remainingMs: 0 });
    stream.stop();
  });

  test('of nobody is 404', async () => {
    expect(await ask(await leased(), 'renew', 'c9')).toMatchObject({ status: 404, code: 'no-such-client' });
    expect(await ask(await leased(), 'ended', 'c9')).toMatchObject({ status: 404, code: 'no-such-client' });
  });
});

describe('POST /v1/confirm', () => {
  test('is 200 when a majority answered', async () => {
    const { client, agent } = await leased();
    expect((await client.request('POST', '/v1/confirm')).status).toBe(200);
    expect(agent.commands).toEqual([{ kind: 'confirm' }]);
  });

  test('is 503 when none did, and when the lease ended meanwhile', async () => {
    const agent = fakeAgent({
      view: leasedView(heldLease()),
      answer: () => ({ kind: 'refused', code: 'not-confirmed', message: 'only 1 of 5 voters answered' }),
    });
    const { client } = await serve(agent);
    expect((await client.request('POST', '/v1/confirm')).status).toBe(503);
    const late = await leased({ remainingMs: 0 });
    expect((await late.client.request('POST', '/v1/confirm')).status).toBe(503);
  });
});

test('POST /v1/recover asks for the right name', async () => {
  const { client, agent } = await leased();
  const response = await client.request('POST', '/v1/recover', { cluster: 'other' });
  expect([response.status, JSON.parse(response.body)]).toMatchObject([409, { code: 'not-confirmed' }]);
  expect((await client.request('POST', '/v1/recover')).status).toBe(400);
  expect(agent.commands).toEqual([]);
});

test.each([[{}], [{ add: 'a', remove: 'b' }], [{ add: '' }], [{ swap: 'a' }]])('POST /v1/voters with %j is refused', async (body) => {
  const { client, agent } = await leased();
  expect((await client.request('POST', '/v1/voters', body)).status).toBe(400);
  expect(agent.commands).toEqual([]);
});
