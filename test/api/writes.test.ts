// The routes that wish something: what reaches the agent, what is refused before, and how its refusals look.

import { describe, expect, test } from 'vitest';
import { OperationalError } from '../../src/agent/operational-error.ts';
import { type ProblemJson, TAG_LIMITS } from '../../src/api/contract.ts';
import { type CommandResult, LIMITS } from '../../src/core/index.ts';
import { raw, serve } from '../support/api-server.ts';
import { fakeAgent } from '../support/fake-agent.ts';

test.each([
  ['POST', '/v1/join', { seeds: ['10.0.0.9', 'b:7946'] }, { kind: 'join', seeds: ['10.0.0.9', 'b:7946'] }, { done: true }],
  ['POST', '/v1/leave', undefined, { kind: 'leave' }, { done: true }],
  ['POST', '/v1/leave', {}, { kind: 'leave' }, { done: true }],
  ['POST', '/v1/forget', { name: 'n2' }, { kind: 'forget', name: 'n2' }, { done: true }],
  [
    'PUT',
    '/v1/tags',
    { zeta: '1', role: 'db' },
    {
      kind: 'set-tags',
      tags: [
        ['role', 'db'],
        ['zeta', '1'],
      ],
    },
    { tags: { role: 'db', zeta: '1' } },
  ],
  ['POST', '/v1/voters', { add: 'n4' }, { kind: 'voters', add: 'n4' }, { done: true }],
  ['POST', '/v1/voters', { remove: 'n2' }, { kind: 'voters', remove: 'n2' }, { done: true }],
  ['POST', '/v1/recover', { cluster: 'default' }, { kind: 'recover-force' }, { done: true }],
  ['PUT', '/v1/tags', {}, { kind: 'set-tags', tags: [] }, { tags: {} }],
  [
    'POST',
    '/v1/dev/partition',
    { drop: ['n2', 'n3'] },
    { kind: 'partition', dropIn: ['n2', 'n3'], dropOut: ['n2', 'n3'] },
    { dropIn: ['n2', 'n3'], dropOut: ['n2', 'n3'] },
  ],
  ['POST', '/v1/dev/partition', { dropIn: ['n2'] }, { kind: 'partition', dropIn: ['n2'], dropOut: [] }, { dropIn: ['n2'], dropOut: [] }],
  [
    'POST',
    '/v1/dev/partition',
    { drop: ['n2'], dropOut: ['n2', 'n3'] },
    { kind: 'partition', dropIn: ['n2'], dropOut: ['n2', 'n3'] },
    { dropIn: ['n2'], dropOut: ['n2', 'n3'] },
  ],
  ['POST', '/v1/dev/partition', { drop: [] }, { kind: 'partition', dropIn: [], dropOut: [] }, { dropIn: [], dropOut: [] }],
])('%s %s with %j reaches the agent', async (method, path, body, command, answer) => {
  const agent = fakeAgent();
  const { client } = await serve(agent);
  const response = await client.request(method, path, body);
  expect(response.status).toBe(200);
  expect(JSON.parse(response.body)).toEqual(answer);
  expect(response.headers.get('content-length')).toBe(String(response.body.length));
  expect(agent.commands).toEqual([command]);
});

test('a POST with no Content-Length and no body is accepted', async () => {
  const agent = fakeAgent();
  const { path } = await serve(agent);
  const answer = await raw(path, 'POST /v1/leave HTTP/1.1\r\nHost: q\r\nConnection: close\r\n\r\n').closed();
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  expect(agent.commands).toEqual([{ kind: 'leave' }]);
});

test('a chunked body is read like any other', async () => {
  const agent = fakeAgent();
  const { path } = await serve(agent);
  const head = 'POST /v1/forget HTTP/1.1\r\nHost: q\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n';
  expect(await raw(path, `${head}8\r\n{"name":\r\n5\r\n"n2"}\r\n0\r\n\r\n`).closed()).toMatch(/^HTTP\/1\.1 200 /);
  expect(agent.commands).toEqual([{ kind: 'forget', name: 'n2' }]);
});

describe('a body of the wrong shape is 400, and nothing reaches the agent', () => {
  const many = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`k${i}`, '']));
  test.each([
    ['POST', '/v1/join', '', 'invalid-body', '"seeds":["10.0.0.2:7946"]'],
    ['POST', '/v1/join', '{"seeds":[]}', 'invalid-body', 'seeds'],
    ['POST', '/v1/join', '{"seeds":"n2"}', 'invalid-body', 'seeds'],
    ['POST', '/v1/join', '{"seeds":[""]}', 'invalid-body', 'seeds'],
    ['POST', '/v1/join', '{"seds":["n2"]}', 'unknown-key', 'did you mean seeds?'],
    ['POST', '/v1/join', '{"seeds":["n2"}', 'invalid-json', 'JSON'],
    ['POST', '/v1/join', '["n2"]', 'invalid-body', 'object'],
    ['POST', '/v1/join', 'null', 'invalid-body', 'object'],
    ['POST', '/v1/leave', '{"force":true}', 'unknown-key', 'send no body'],
    ['POST', '/v1/reload', '{"force":true}', 'unknown-key', 'send no body'],
    ['POST', '/v1/forget', '{}', 'invalid-body', '{"name":"n2"}'],
    ['POST', '/v1/forget', '{"name":7}', 'invalid-body', '{"name":"n2"}'],
    ['POST', '/v1/forget', '{"__proto__":{"name":"n2"}}', 'unknown-key', 'name'],
    ['PUT', '/v1/tags', '', 'invalid-body', '{}'],
    ['PUT', '/v1/tags', '{"role":1}', 'invalid-body', 'quotes'],
    ['PUT', '/v1/tags', '{"":"x"}', 'invalid-body', 'name it'],
    ['PUT', '/v1/tags', JSON.stringify(many), 'invalid-body', 'at most 64'],
    ['PUT', '/v1/tags', JSON.stringify({ ['ä'.repeat(65)]: '' }), 'invalid-body', 'at most 128 bytes'],
    ['PUT', '/v1/tags', JSON.stringify({ a: 'x'.repeat(1024) }), 'invalid-body', 'together 1024'],
    ['POST', '/v1/dev/partition', '{}', 'invalid-body', '{"drop":[]} heals'],
    ['POST', '/v1/dev/partition', '{"drop":"n2"}', 'invalid-body', 'heals'],
    ['POST', '/v1/dev/partition', '{"dropin":[]}', 'unknown-key', 'did you mean dropIn?'],
    ['PUT', '/v1/log-level', '{}', 'invalid-body', '{"level":"debug"}'],
  ])('%s %s %s', async (method, path, body, code, hint) => {
    const agent = fakeAgent();
    const { path: socket } = await serve(agent);
    const head = `${method} ${path} HTTP/1.1\r\nHost: q\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
    const answer = await raw(socket, head + body).closed();
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    const problem = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as ProblemJson;
    expect(problem.code).toBe(code);
    expect(`${problem.detail} ${problem.hint}`).toContain(hint);
    expect(agent.commands).toEqual([]);
  });

  test('bytes that are no UTF-8', async () => {
    const { path } = await serve(fakeAgent());
    const connection = raw(path, 'POST /v1/forget HTTP/1.1\r\nHost: q\r\nConnection: close\r\nContent-Length: 3\r\n\r\n');
    connection.socket.write(Buffer.from([0x22, 0xff, 0x22]));
    expect(await connection.closed()).toMatch(/^HTTP\/1\.1 400 [\s\S]*UTF-8/);
  });

  test('the bounds of tags are the core’s', () => {
    expect(TAG_LIMITS).toEqual({ count: LIMITS.tagsMax, keyBytes: LIMITS.tagKeyBytesMax, keyAndValueBytes: LIMITS.tagBytesMax });
  });
});

describe('what the agent refuses', () => {
  test.each([
    ['no-such-member', 404],
    ['member-alive', 409],
    ['is-self', 409],
    ['invalid', 400],
    ['leaving', 409],
    ['unreachable', 504],
    ['other-cluster', 409],
    ['would-lose-quorum', 409],
    ['voters-full', 409],
  ] as const)('%s is %i with the agent’s own words', async (code, status) => {
    const refusal: CommandResult = { kind: 'refused', code, message: 'because of it' };
    const { client } = await serve(fakeAgent({ answer: () => refusal }));
    const response = await client.request('POST', '/v1/forget', { name: 'n2' });
    expect(response.status).toBe(status);
    expect(JSON.parse(response.body)).toMatchObject({ status, code, detail: 'because of it' });
  });

  test('a vote too many is refused with what to type first', async () => {
    const refusal: CommandResult = { kind: 'refused', code: 'voters-full', message: '3 vote already' };
    const { client } = await serve(fakeAgent({ answer: () => refusal }));
    const { body } = await client.request('POST', '/v1/voters', { add: 'n4' });
    expect(JSON.parse(body)).toMatchObject({
      detail: '3 vote already',
      hint: 'take the vote of another first: quorate voters remove NAME',
    });
  });

  test('a machine that fails is 500 with its code and hint', async () => {
    const answer = (): never => {
      throw new OperationalError('state-unwritable', 'the disk is full', 'make room');
    };
    const { client } = await serve(fakeAgent({ answer }));
    const response = await client.request('POST', '/v1/leave');
    expect(response.status).toBe(500);
    expect(JSON.parse(response.body)).toMatchObject({ code: 'state-unwritable', detail: 'the disk is full', hint: 'make room' });
  });

  test('partition is 403 without dev mode', async () => {
    const agent = fakeAgent({ isDev: false });
    const { client } = await serve(agent);
    const response = await client.request('POST', '/v1/dev/partition', { drop: ['n2'] });
    expect(response.status).toBe(403);
    expect(JSON.parse(response.body)).toMatchObject({ code: 'dev-only' });
    expect(agent.commands).toEqual([]);
  });
});

describe('reload and log level', () => {
  test('reload tells what changed and what needs a restart', async () => {
    const { client } = await serve(fakeAgent());
    expect(JSON.parse((await client.request('POST', '/v1/reload')).body)).toEqual({ changed: ['tags'], needsRestart: ['bind'] });
  });

  test('a configuration that cannot be read is 409 in its own words', async () => {
    const reload = async () => ({ changed: [], needsRestart: [], problem: 'quorate.toml:3 knows no key "nmae"' });
    const { client } = await serve(fakeAgent({ handle: { reload } }));
    const response = await client.request('POST', '/v1/reload');
    expect(response.status).toBe(409);
    expect(JSON.parse(response.body)).toMatchObject({ code: 'config-invalid', detail: 'quorate.toml:3 knows no key "nmae"' });
  });

  test.each(['PUT', 'POST'])('%s sets the log level, and an unknown one is 400', async (method) => {
    const { client } = await serve(fakeAgent());
    expect((await client.request(method, '/v1/log-level', { level: 'debug' })).body).toBe('{"level":"debug"}\n');
    expect((await client.request(method, '/v1/log-level', { level: 'loud' })).status).toBe(400);
  });
});

describe('the read-only socket', () => {
  test('refuses everything but GET and HEAD, before it looks at the path', async () => {
    const agent = fakeAgent();
    const { client, path } = await serve(agent, { access: 'read-only' });
    expect((await client.request('GET', '/v1/members')).status).toBe(200);
    expect((await client.request('HEAD', '/v1/members')).status).toBe(200);
    for (const [method, target] of [
      ['POST', '/v1/leave'],
      ['PUT', '/v1/tags'],
      ['DELETE', '/v1/members'],
      ['POST', '/nowhere'],
    ] as const) {
      const response = await client.request(method, target, {});
      expect(response.status).toBe(403);
      expect(JSON.parse(response.body)).toMatchObject({ code: 'read-only', detail: `${path} answers GET and HEAD only` });
    }
    expect(agent.commands).toEqual([]);
  });
});
