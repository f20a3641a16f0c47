// What hangs on the lease, as the reads tell it at the very instant they are asked (R6).

import { describe, expect, test } from 'vitest';
import type { ProblemJson } from '../../src/api/contract.ts';
import { at } from '../../src/core/index.ts';
import { serve } from '../support/api-server.ts';
import { fakeAgent, heldLease, leasedView, memberView } from '../support/fake-agent.ts';

async function problemOf(response: Promise<{ status: number; body: string }>): Promise<ProblemJson> {
  const { status, body } = await response;
  const problem = JSON.parse(body) as ProblemJson;
  expect(problem.status).toBe(status);
  return problem;
}

describe('while the lease holds', () => {
  test('the status tells quorum, lease, leader and record as they are at the read', async () => {
    const lease = heldLease();
    const { client } = await serve(fakeAgent({ view: leasedView(lease) }));
    expect(await client.status()).toMatchObject({
      standing: 'quorate',
      quorum: { voters: 5, needed: 3, acking: 5, canLose: 2, isVoter: true },
      lease: { remainingMs: 2710, fenceMs: 3000, failMs: 4500, stopMs: 1000 },
      leader: { name: 'n1', token: 12, isSelf: true },
      record: { version: 14, epoch: 4, maxVoters: 7, voters: [{ id: `${'0'.repeat(31)}7`, name: 'n1', ackAgeMs: 3 }] },
      fence: null,
    });
  });

  test('GET /v1/quorum is 200, and 503 with the reason as soon as it does not', async () => {
    const lease = heldLease();
    const fence = { since: at(3_000), reason: 'lease-lapsed' as const, message: 'no majority answered', evidence: [] };
    const { client } = await serve(
      fakeAgent({ view: Object.defineProperty(leasedView(lease), 'fence', { value: fence, enumerable: true }) }),
    );
    const response = await client.request('GET', '/v1/quorum');
    expect([response.status, JSON.parse(response.body)]).toMatchObject([
      200,
      { quorate: true, standing: 'quorate', lease: { remainingMs: 2710 } },
    ]);
    lease.remainingMs = 0;
    const refusal = await problemOf(client.request('GET', '/v1/quorum'));
    expect(refusal).toMatchObject({
      status: 503,
      code: 'not-quorate',
      detail: 'n1 is not quorate, its standing is fenced: no majority answered',
    });
  });

  test('who has not noticed its end yet says that it is fenced all the same', async () => {
    const lease = heldLease({ remainingMs: 0, standing: 'quorate', leader: null });
    const { client } = await serve(fakeAgent({ view: leasedView(lease) }));
    expect(await client.status()).toMatchObject({ standing: 'fenced', lease: { remainingMs: 0 } });
    expect(await client.members()).toMatchObject({ quorate: false });
    expect((await client.request('GET', '/metrics')).body).toContain('quorate_standing{standing="fenced"} 1\n');
  });

  test('X-Quorate and the lists turn false within the same millisecond as the lease', async () => {
    const lease = heldLease();
    const frozen = () => at(86_234.4);
    const { client } = await serve(fakeAgent({ view: leasedView(lease), handle: { nowMs: frozen } }));
    const seen = async (target: string): Promise<unknown[]> => {
      const { headers, body } = await client.request('GET', target);
      return [headers.get('x-quorate'), JSON.parse(body)];
    };
    expect(await seen('/v1/members')).toMatchObject(['true', { quorate: true }]);
    expect(await seen('/v1/status')).toMatchObject(['true', { lease: { remainingMs: 2710 } }]);
    lease.remainingMs = 0;
    expect(await seen('/v1/members')).toMatchObject(['false', { quorate: false }]);
    expect(await seen('/v1/status')).toMatchObject(['false', { lease: { remainingMs: 0 } }]);
  });

  test('what is left of it is never an answer of a moment ago', async () => {
    const lease = heldLease();
    const { client } = await serve(fakeAgent({ view: leasedView(lease), handle: { nowMs: () => at(86_234.4) } }));
    expect((await client.status()).lease?.remainingMs).toBe(2710);
    lease.remainingMs = 2709.2;
    expect((await client.status()).lease?.remainingMs).toBe(2709);
  });

  test('a fence is told with its evidence', async () => {
    const lease = heldLease({ remainingMs: 0, standing: 'fenced' });
    const fence = {
      since: at(3_000),
      reason: 'lease-lapsed' as const,
      message: 'no majority answered',
      evidence: [
        { voter: 'n2', ackAgeMs: 3001.6 },
        { voter: 'n3', ackAgeMs: null },
      ],
    };
    const { client } = await serve(
      fakeAgent({ view: Object.defineProperty(leasedView(lease), 'fence', { value: fence, enumerable: true }) }),
    );
    expect((await client.status()).fence).toEqual({
      since: '2026-01-01T00:00:03.000Z',
      reason: 'lease-lapsed',
      message: 'no majority answered',
      evidence: [
        { voter: 'n2', ackAgeMs: 3002 },
        { voter: 'n3', ackAgeMs: null },
      ],
    });
  });

  test('GET /v1/leader names the leader, and each member says whether it votes and leads', async () => {
    const members = [memberView('n1', { isVoter: true, isLeader: true }), memberView('n2')];
    const { client } = await serve(fakeAgent({ members, view: leasedView(heldLease()) }));
    expect(await client.leader()).toEqual({ name: 'n1', token: 12, isSelf: true });
    expect((await client.members()).members.map(({ voter, leader }) => [voter, leader])).toEqual([
      [true, true],
      [false, false],
    ]);
  });
});
