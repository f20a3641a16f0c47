// The routes that only read, over a real socket: their shapes, their headers, and what they say to the wrong question.

import { describe, expect, test } from 'vitest';
import type { ProblemJson } from '../../src/api/contract.ts';
import { at } from '../../src/core/index.ts';
import { raw, serve } from '../support/api-server.ts';
import { fakeAgent, memberView } from '../support/fake-agent.ts';

async function problemOf(response: Promise<{ status: number; body: string }>): Promise<ProblemJson> {
  const { status, body } = await response;
  const problem = JSON.parse(body) as ProblemJson;
  expect(problem.status).toBe(status);
  expect(problem.type).toBe(`urn:quorate:problem:${problem.code}`);
  for (const text of [problem.title, problem.detail, problem.hint]) expect(text).not.toBe('');
  return problem;
}

describe('GET /v1/status', () => {
  test('until there is a record, all that it would tell is null', async () => {
    const { client, path } = await serve(fakeAgent({ handle: { nowMs: () => at(86_234.4) } }));
    expect(await client.status()).toEqual({
      name: 'n1',
      id: `${'0'.repeat(31)}7`,
      cluster: 'default',
      clusterId: 'c'.repeat(32),
      incarnation: 1_790_000_000_000,
      standing: 'joining',
      quorum: null,
      lease: null,
      leader: null,
      record: null,
      members: { alive: 2, suspect: 0, failed: 0, left: 0, stopped: 0 },
      fence: null,
      problems: [{ code: 'alone', message: 'no seed answered', hint: 'quorate join HOST' }],
      uptimeMs: 81_234,
      address: '10.0.0.1:7946',
      version: '0.1.0',
      profile: 'lan',
      socket: path,
    });
  });

  test('every read says that the node is not quorate, and how long its body is', async () => {
    const { client } = await serve(fakeAgent());
    for (const target of [
      '/v1/status',
      '/v1/members',
      '/v1/members/n1',
      '/v1/leader',
      '/v1/quorum',
      '/v1/version',
      '/metrics',
      '/nowhere',
    ]) {
      const { headers, body } = await client.request('GET', target);
      expect([target, headers.get('x-quorate')]).toEqual([target, 'false']);
      expect(headers.get('content-length')).toBe(String(Buffer.byteLength(body)));
    }
  });
});

describe('GET /v1/members', () => {
  const members = [
    memberView('n1'),
    memberView('n2', { state: 'failed', phi: Number.POSITIVE_INFINITY, rttMs: null }),
    memberView('n3', {
      zone: 'b',
      tags: [
        ['__proto__', 'x:y'],
        ['role', 'web'],
      ],
    }),
  ];

  test('all members as they are, in the order of the view', async () => {
    const { client } = await serve(fakeAgent({ members }));
    const answer = await client.members();
    expect(answer).toMatchObject({ index: 42, self: 'n1', quorate: false });
    expect(answer.members.map((one) => one.name)).toEqual(['n1', 'n2', 'n3']);
    expect(answer.members[0]).toEqual({
      name: 'n1',
      id: members[0]!.id,
      address: members[0]!.address,
      state: 'alive',
      incarnation: 1_790_000_000_000,
      counter: 1234,
      ageMs: 180,
      phi: 0.2,
      rttMs: 0.314,
      voter: false,
      leader: false,
      zone: 'a',
      tags: { role: 'db' },
      version: '0.1.0',
      since: '2026-01-01T00:00:01.000Z',
    });
    expect(answer.members[1]).toMatchObject({ state: 'failed', phi: null, rttMs: null });
  });

  test('a tag named __proto__ is a tag like any other', async () => {
    const { client } = await serve(fakeAgent({ members }));
    const { body } = await client.request('GET', '/v1/members/n3');
    expect(body).toContain('"tags":{"__proto__":"x:y","role":"web"}');
  });

  test('filters by state and by every tag given; a value may hold a colon', async () => {
    const { client } = await serve(fakeAgent({ members }));
    const namesOf = async (filter: Parameters<typeof client.members>[0]): Promise<string[]> =>
      (await client.members(filter)).members.map((one) => one.name);
    expect(await namesOf({ state: 'failed' })).toEqual(['n2']);
    expect(await namesOf({ tags: [['role', 'db']] })).toEqual(['n1', 'n2']);
    expect(
      await namesOf({
        tags: [
          ['__proto__', 'x:y'],
          ['role', 'web'],
        ],
      }),
    ).toEqual(['n3']);
    expect(
      await namesOf({
        tags: [
          ['__proto__', 'x:y'],
          ['role', 'db'],
        ],
      }),
    ).toEqual([]);
    expect(await namesOf({ state: 'alive', tags: [['role', 'db']] })).toEqual(['n1']);
  });

  test.each([
    ['/v1/members?state=fialed', 'invalid-query', 'did you mean failed?'],
    ['/v1/members?stat=failed', 'unknown-parameter', 'did you mean state?'],
    ['/v1/members?state=alive&state=failed', 'invalid-query', 'once'],
    ['/v1/members?tag=role', 'invalid-query', 'tag=KEY:VALUE'],
    ['/v1/members?tag=:db', 'invalid-query', 'tag=KEY:VALUE'],
    ['/v1/status?x=1', 'unknown-parameter', 'leave out'],
    ['/v1/prometheus/sd', 'invalid-query', '?port='],
    ['/v1/prometheus/sd?port=70000', 'invalid-query', '?port='],
    ['/v1/events?since=-1', 'invalid-query', 'whole number'],
    ['/v1/events?since=99999999999999999', 'invalid-query', 'whole number'],
    ['/v1/events?type=member-fialed', 'invalid-query', 'did you mean member-failed?'],
    ['/v1/events?follow=no', 'invalid-query', 'known: true, false'],
  ])('%s is refused with what would be right', async (target, code, hint) => {
    const { client } = await serve(fakeAgent());
    const problem = await problemOf(client.request('GET', target));
    expect(problem).toMatchObject({ status: 400, code });
    expect(problem.hint).toContain(hint);
  });

  test('within one millisecond and one index the same question is rendered once, and a change shows at once', async () => {
    let index = 1;
    let renderings = 0;
    let nowMs = 6_000.2;
    const agent = fakeAgent({
      handle: { nowMs: () => at(nowMs) },
      view: {
        members: () => {
          renderings += 1;
          return [memberView(`r${renderings}`)];
        },
      },
    });
    Object.defineProperty(agent.view, 'index', { get: () => index });
    const { client } = await serve(agent);
    const first = async (): Promise<string | undefined> => (await client.members()).members[0]?.name;
    expect([await first(), await first()]).toEqual(['r1', 'r1']);
    index = 2;
    expect([await first(), await first()]).toEqual(['r2', 'r2']);
    nowMs = 6_001;
    expect(await first()).toBe('r3');
    await client.request('POST', '/v1/reload');
    expect(await first()).toBe('r4');
  });
});

describe('GET /v1/members/{name}', () => {
  test('an unknown name is 404 and names the nearest', async () => {
    const { client } = await serve(fakeAgent());
    const problem = await problemOf(client.request('GET', '/v1/members/n22'));
    expect(problem).toMatchObject({ status: 404, code: 'no-such-member', detail: 'no member is named "n22"' });
    expect(problem.hint).toContain('did you mean n2?');
  });

  test('a name is percent-decoded once; what is no name is 404, what is no encoding 400', async () => {
    const { client } = await serve(fakeAgent());
    expect((await client.member('n1')).name).toBe('n1');
    expect((await client.request('GET', '/v1/members/%6E1')).status).toBe(200);
    expect((await problemOf(client.request('GET', '/v1/members/%256E1'))).status).toBe(404);
    expect((await problemOf(client.request('GET', '/v1/members/..%2Fstatus'))).status).toBe(404);
    expect((await problemOf(client.request('GET', '/v1/members/%ZZ'))).code).toBe('invalid-path');
  });
});

describe('the other reads', () => {
  test('nobody leads and nobody is quorate until the record exists', async () => {
    const { client } = await serve(fakeAgent());
    expect((await client.request('GET', '/v1/leader')).body).toBe('{"leader":null}\n');
    expect(await client.leader()).toBeNull();
    expect(await problemOf(client.request('GET', '/v1/quorum'))).toMatchObject({ status: 503, code: 'not-quorate' });
  });

  test('live is 204 always, ready only once the node has a cluster', async () => {
    const joined = await serve(fakeAgent());
    expect(await joined.client.request('GET', '/v1/health/live')).toMatchObject({ status: 204, body: '' });
    expect((await joined.client.request('GET', '/v1/health/ready')).status).toBe(204);
    const lone = await serve(fakeAgent({ view: { clusterId: null } }));
    expect((await lone.client.request('GET', '/v1/health/live')).status).toBe(204);
    expect(await problemOf(lone.client.request('GET', '/v1/health/ready'))).toMatchObject({ status: 503, code: 'no-cluster' });
  });

  test('version and config are as the agent has them', async () => {
    const { client, path } = await serve(fakeAgent());
    expect(JSON.parse((await client.request('GET', '/v1/version')).body)).toEqual({ version: '0.1.0', node: process.version, protocol: 1 });
    expect(JSON.parse((await client.request('GET', '/v1/config')).body)).toEqual({
      settings: { profile: { value: 'lan', from: 'default' } },
      boundAddress: '0.0.0.0:7946',
      socket: path,
    });
  });

  test('the metrics page escapes labels and tells counters from gauges', async () => {
    const { client } = await serve(fakeAgent({ view: { clusterName: 'a"b\\c\nd' } }));
    const { headers, body } = await client.request('GET', '/metrics');
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    for (const line of [
      'quorate_info{version="0.1.0",name="n1",cluster="a\\"b\\\\c\\nd",profile="lan"} 1',
      'quorate_quorate 0',
      'quorate_standing{standing="joining"} 1',
      'quorate_index 42',
      'quorate_members{state="alive"} 2',
      'quorate_members{state="failed"} 0',
      'quorate_refused_total{reason="cluster-hash"} 3',
      '# TYPE quorate_loop_lag_ms gauge',
      'quorate_loop_lag_ms 1.5',
      '# TYPE quorate_datagrams_sent_total counter',
      'quorate_datagrams_sent_total 17',
    ]) {
      expect(body.split('\n')).toContain(line);
    }
  });

  test('service discovery lists who should be scraped, those who failed included', async () => {
    const members = [
      memberView('n1', { address: '[fd00::1]:7946' as never, tags: [['app.name', 'x']] }),
      memberView('n2', { state: 'failed' }),
      memberView('n3', { state: 'left' }),
      memberView('n4', { state: 'stopped' }),
    ];
    const { client } = await serve(fakeAgent({ members }));
    const found = JSON.parse((await client.request('GET', '/v1/prometheus/sd?port=9100')).body);
    expect(found).toHaveLength(2);
    expect(found[0]).toEqual({
      targets: ['[fd00::1]:9100'],
      labels: {
        __meta_quorate_name: 'n1',
        __meta_quorate_id: members[0]!.id,
        __meta_quorate_state: 'alive',
        __meta_quorate_zone: 'a',
        __meta_quorate_cluster: 'default',
        __meta_quorate_tag_app_name: 'x',
      },
    });
  });

  test('HEAD answers as GET does, without the body', async () => {
    const { client, path } = await serve(fakeAgent());
    const { body } = await client.request('GET', '/v1/leader');
    const head = await client.request('HEAD', '/v1/leader');
    expect(head).toMatchObject({ status: 200, body: '' });
    expect(head.headers.get('content-length')).toBe(String(body.length));
    const stream = raw(path, 'HEAD /v1/events HTTP/1.1\r\nHost: q\r\nConnection: close\r\n\r\n');
    expect(await stream.closed()).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n$/);
  });
});

describe('what is no route', () => {
  test('an unknown path is 404 and names the nearest', async () => {
    const { client } = await serve(fakeAgent());
    const problem = await problemOf(client.request('GET', '/v1/memebrs'));
    expect(problem).toMatchObject({ status: 404, code: 'no-such-route' });
    expect(problem.hint).toMatch(/^did you mean \/v1\/members\? known: /);
  });

  test.each([
    '/v1/members/',
    '/v1//status',
    '/v1/x/../status',
    '/v1/%73tatus',
    '//v1/status',
    '/V1/status',
    '/v1/members/n1/x',
    '/',
    '/__proto__',
  ])('nothing is normalised: %s is 404', async (target) => {
    const { path } = await serve(fakeAgent());
    const answer = await raw(path, `GET ${target} HTTP/1.1\r\nHost: q\r\nConnection: close\r\n\r\n`).closed();
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  });

  test('the absolute form of a proxy is understood', async () => {
    const { path } = await serve(fakeAgent());
    const answer = await raw(path, 'GET http://q/v1/leader HTTP/1.1\r\nHost: q\r\nConnection: close\r\n\r\n').closed();
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  test.each([
    ['DELETE', '/v1/members', 'GET, HEAD'],
    ['POST', '/v1/status', 'GET, HEAD'],
    ['GET', '/v1/join', 'POST'],
    ['OPTIONS', '/v1/log-level', 'PUT, POST'],
  ])('%s %s is 405 and says what is allowed', async (method, target, allow) => {
    const { client } = await serve(fakeAgent());
    const response = await client.request(method, target);
    expect(response).toMatchObject({ status: 405 });
    expect(response.headers.get('allow')).toBe(allow);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
  });
});
