// The verbs that tell of quorum, lease and fence, against a socket that answers as it is told.

import { afterAll, describe, expect, test } from 'vitest';
import {
  type Answer,
  ask,
  fencedJson,
  memberJson,
  membersJson,
  quorateJson,
  removeScratch,
  replyJson,
  run,
  type Surroundings,
  statusJson,
} from '../support/cli.ts';

afterAll(removeScratch);

const plain: Surroundings = { isTerminal: true, env: { NO_COLOR: '1' } };

describe('status', () => {
  test('is 0 while the lease holds, and 2 as soon as it does not', async () => {
    expect((await ask('status -q', quorateJson())).code).toBe(0);
    expect((await ask('status -q', fencedJson())).code).toBe(2);
    expect((await ask('status -q', quorateJson({ lease: { remainingMs: 0, fenceMs: 3000, failMs: 4500, stopMs: 1000 } }))).code).toBe(2);
  });

  test('with --min-lease is 0 only with so much of the lease left', async () => {
    expect((await ask('status -q --min-lease 2000', quorateJson())).code).toBe(0);
    // What is left counts from the moment the question was sent.
    expect((await ask('status -q --min-lease 2710', quorateJson())).code).toBe(2);
    expect((await run('status --min-lease soon')).code).toBe(64);
  });

  test('with --confirm asks a majority first', async () => {
    const confirming = await ask('status -q --confirm', quorateJson());
    expect(confirming).toMatchObject({ code: 0, asked: ['POST /v1/confirm', 'GET /v1/status'] });
    const refusing: Answer = (request, response) => {
      if (request.method === 'GET') replyJson(response, quorateJson());
      else replyJson(response, { status: 503, code: 'not-confirmed', detail: 'only 1 of 5 voters answered' }, 503);
    };
    expect(await ask('status --confirm', refusing)).toMatchObject({ code: 2, err: 'not confirmed: only 1 of 5 voters answered\n' });
  });

  test('shows what a quorate agent can lose, and how long its lease holds', async () => {
    const { out } = await ask('status', quorateJson(), plain);
    expect(out).toContain(
      'quorum    5 of 5 voters acknowledge, 3 needed\ncan lose  2 voters\nlease     2.7s left of 3.0s\nleader    n1 (this), token 12\n',
    );
    const last = quorateJson({ quorum: { voters: 3, needed: 2, acking: 2, canLose: 0, isVoter: false } });
    expect((await ask('status', last, plain)).out).toContain(
      '2 of 3 voters acknowledge, 2 needed; this one does not vote\ncan lose  no voter: the next loss fences this agent (quorate explain)\n',
    );
  });

  test('shows why it is fenced, with the evidence and what to type next', async () => {
    const { out } = await ask('status', fencedJson(), plain);
    expect(out).toContain(
      [
        'fenced    no majority answered (lease-lapsed, 2026-10-01T00:00:00.000Z)',
        '          n2: last acknowledged 3.0s before',
        '          n3: no acknowledgement',
        '  →       quorate explain fence',
      ].join('\n'),
    );
    const healed = await ask('status', quorateJson({ fence: fencedJson().fence }), plain);
    expect(healed.out).toContain('earlier   fenced: no majority answered (lease-lapsed, 2026-10-01T00:00:00.000Z)\n');
    expect(healed.out).not.toContain('last acknowledged');
  });
});

describe('explain', () => {
  const members = membersJson([
    memberJson({ voter: true }),
    memberJson({ name: 'n2', voter: true, state: 'suspect', ageMs: 4000 }),
    memberJson({ name: 'n3', state: 'failed', ageMs: 1900 }),
    memberJson({ name: 'n4', state: 'stopped', ageMs: 61_000 }),
  ]);
  const about = async (subject: string, status: unknown): Promise<string> => {
    const answer: Answer = (request, response) => replyJson(response, request.url === '/v1/members' ? members : status);
    const { out } = await ask(`explain ${subject}`.trim(), answer, plain);
    return out;
  };

  test('of a quorum counts', async () => {
    expect(await about('', quorateJson())).toBe(
      [
        'n1 is quorate; 2 voters may be lost',
        '  because  5 of 5 voters acknowledge it, 3 are needed',
        '  because  its lease holds for another 2.7s, renewed all the time',
        '',
      ].join('\n'),
    );
    const two = quorateJson({ quorum: { voters: 3, needed: 2, acking: 3, canLose: 1, isVoter: true } });
    expect(await about('', two)).toContain('n1 is quorate; 1 voter may be lost\n');
    const last = quorateJson({ quorum: { voters: 3, needed: 2, acking: 2, canLose: 0, isVoter: true } });
    expect(await about('', last)).toContain('  next     bring back n2, or take its vote: quorate voters remove n2\n');
  });

  test('of a fence says why, who was silent, and what to look at', async () => {
    expect(await about('fence', fencedJson())).toBe(
      [
        'n1 is fenced since 2026-10-01T00:00:00.000Z: nothing runs here under a lease',
        '  because  no majority answered (lease-lapsed)',
        '  because  n2 had acknowledged it 3.0s before',
        '  because  n3 had not acknowledged it at all',
        '  because  now 1 of 5 voters acknowledge it, 3 are needed',
        '  next     see whether n2 can be reached from here by UDP and TCP; once a majority is, it heals by itself',
        '',
      ].join('\n'),
    );
    expect(await about('fence', quorateJson())).toBe('n1 is quorate and was never fenced in what it remembers\n');
  });

  test('of the leader says who, or why there is none', async () => {
    expect(await about('leader', quorateJson())).toContain('n1 leads (this agent)\n  because  the record names it, with token 12\n');
    expect(await about('leader', fencedJson())).toContain('  because  n1 is fenced: who has no quorum cannot know one\n');
  });

  test('of a member says what its state means and what to do', async () => {
    expect(await about('n2', quorateJson())).toContain('  because  this agent has not heard of it for too long;');
    expect(await about('n3', quorateJson())).toContain('quorate forget n3\n');
    // The age of one that is over counts from the verdict.
    expect(await about('n2', quorateJson())).toContain('  because  the newest sign of it is 4.0s old, at 10.0.0.1:7946\n');
    expect(await about('n3', quorateJson())).toContain('  because  it was declared failed 1.9s ago; it was at 10.0.0.1:7946\n');
    expect(await about('n4', quorateJson())).toContain('  because  that was told 1m ago; it was at 10.0.0.1:7946\n');
    const { code, err } = await ask('explain n22', ((request, response) =>
      replyJson(response, request.url === '/v1/members' ? members : quorateJson())) satisfies Answer);
    expect([code, err]).toEqual([1, "quorate: explain: there is no member 'n22'\n  → did you mean: quorate explain n2\n"]);
  });
});

describe('voters', () => {
  test('are listed with the age of their newest ack', async () => {
    const record = {
      version: 14,
      epoch: 4,
      maxVoters: 7,
      voters: [
        { id: 'a1', name: 'n1', ackAgeMs: 12 },
        { id: 'b2', name: 'n2', ackAgeMs: null },
      ],
    };
    expect((await ask('voters', quorateJson({ record }))).out).toBe('n1\ta1\t12\nn2\tb2\t-\n');
    expect(await ask('voters', statusJson())).toMatchObject({ code: 0, out: '', err: expect.stringContaining('no voters') });
  });

  test.each([
    ['voters add n4', 'POST /v1/voters {"add":"n4"}', 'n4 will vote, as soon as the voters have decided it: quorate voters shows when\n'],
    [
      'voters remove n2',
      'POST /v1/voters {"remove":"n2"}',
      'n2 will vote no more, as soon as the voters have decided it: quorate voters shows when\n',
    ],
  ])('%s', async (line, request, words) => {
    expect(await ask(line, { done: true })).toMatchObject({ code: 0, asked: [request], err: words });
  });

  test('a refusal is told with the line to type next', async () => {
    const detail = '3 vote already (n1, n2, n3), as many as the record of this cluster allows';
    const hint = 'take the vote of another first: quorate voters remove NAME';
    const full: Answer = (_request, response) => replyJson(response, { status: 409, code: 'voters-full', detail, hint }, 409);
    const { code, out, err } = await ask('voters add n4', full);
    expect([code, out]).toStrictEqual([1, '']);
    expect(err).toContain(detail);
    expect(err).toContain('quorate voters remove NAME');
  });

  test.each([['voters add'], ['voters drop n2'], ['voters add a b']])('%s is a usage error', async (line) => {
    expect((await run(line)).code).toBe(64);
  });
});

describe('recover', () => {
  const answer: Answer = (request, response) => replyJson(response, request.method === 'GET' ? fencedJson() : { done: true });

  test('goes on only when the name of the cluster is typed', async () => {
    const { code, asked, err } = await ask('recover --force', answer, { typed: 'default\n' });
    expect([code, asked[1]]).toEqual([0, 'POST /v1/recover {"cluster":"default"}']);
    expect(err).toContain('To go on, type the name of the cluster (default): ');
    const other = await ask('recover --force', answer, { typed: 'yes' });
    expect([other.code, other.asked]).toEqual([1, ['GET /v1/status']]);
    expect(other.err).toContain('nothing was done\n  → to be asked again: quorate recover --force; the name is default\n');
    expect((await ask('recover --force', answer)).code).toBe(1);
  });

  test('is refused without --force, and where nothing is lost', async () => {
    expect((await run('recover')).code).toBe(64);
    expect(await ask('recover --force', quorateJson(), { typed: 'default' })).toMatchObject({ code: 1, asked: ['GET /v1/status'] });
  });
});
