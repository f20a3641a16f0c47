// Each client verb against a socket that answers as it is told: what is asked, what is printed where, which code comes back.

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

describe('members', () => {
  const members = membersJson([
    memberJson({ rttMs: 0.31, zone: 'a', tags: { role: 'db' } }),
    memberJson({ name: 'n2', state: 'failed', ageMs: 61_000 }),
  ]);

  test('on a terminal is a table that says which one answered', async () => {
    const { code, out } = await ask('members', members, plain);
    expect(code).toBe(0);
    expect(out).toBe(
      [
        'NAME       STATE   ADDRESS        AGE    RTT    ZONE  TAGS',
        'n1 (this)  alive   10.0.0.1:7946  180ms  0.3ms  a     role=db',
        'n2         failed  10.0.0.1:7946  1m     -      -     -',
        '',
      ].join('\n'),
    );
  });

  test('off a terminal is columns between tabs, in numbers', async () => {
    const { out } = await ask('members', members);
    expect(out).toBe('n1\talive\t10.0.0.1:7946\t180\t0.31\ta\trole=db\nn2\tfailed\t10.0.0.1:7946\t61000\t-\t-\t-\n');
  });

  test('with --json is the document of the socket on one line', async () => {
    const { out } = await ask('members --json', members);
    expect(JSON.parse(out)).toEqual(members);
    expect(out.split('\n')).toHaveLength(2);
  });

  test('lets the agent choose by state and tag', async () => {
    const { asked } = await ask('members --state alive --tag role=a:b', members);
    expect(asked).toEqual(['GET /v1/members?tag=role%3Aa%3Ab&state=alive']);
    expect((await run('members --tag role')).code).toBe(64);
  });

  test('shows a hostile tag without obeying it', async () => {
    const { out } = await ask('members', membersJson([memberJson({ tags: { a: '\u001b[2J\nn9\talive' } })]));
    expect(out).toBe('n1\talive\t10.0.0.1:7946\t180\t-\t-\ta=\\x1b[2J\\x0an9\\x09alive\n');
  });

  test('with --watch off a terminal appends one document a change, and ends with 3 when the agent does', async () => {
    let count = 0;
    const answer: Answer = (_request, response) => {
      count += 1;
      if (count === 3) response.destroy();
      else replyJson(response, { ...members, index: 7 });
    };
    const { code, out } = await ask('members --watch', answer);
    expect(code).toBe(3);
    expect(out.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('status', () => {
  test('is one screen that says where the agent stands and what to do about its problems', async () => {
    const problems = [{ code: 'seeds-silent', message: 'no seed answers', hint: 'check the firewall: UDP and TCP 7946' }];
    const members = { alive: 2, suspect: 0, failed: 1, left: 0, stopped: 0 };
    const { code, out, err } = await ask('status', statusJson({ problems, members }), plain);
    expect({ code, err }).toEqual({ code: 2, err: '' });
    expect(out).toBe(
      [
        'standing  joining',
        'name      n1 (9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f)',
        'cluster   default (abababababababababababababababab)',
        'address   10.0.0.1:7946',
        'members   2 alive, 1 failed',
        'quorum    none: this agent is in no cluster yet',
        'can lose  nothing: there is no quorum',
        'lease     none',
        'leader    none',
        'profile   lan',
        'socket    /run/quorate/quorate.sock',
        'up        1.4m',
        'version   0.1.0',
        'problem   seeds-silent: no seed answers',
        '  →       check the firewall: UDP and TCP 7946',
        '',
      ]
        .join('\n')
        .replace('1.4m', '1m'),
    );
  });

  test('with -q says nothing and answers by its code', async () => {
    expect(await ask('status -q', statusJson())).toMatchObject({ code: 2, out: '', err: '' });
  });
});

describe('leader', () => {
  test('none is words, and the code of none', async () => {
    expect(await ask('leader', { leader: null })).toMatchObject({ code: 2, out: '', err: 'no leader\n' });
  });

  test('one is its name and token', async () => {
    expect((await ask('leader', { leader: { name: 'n1', token: 12, isSelf: true } })).out).toBe('n1\t12\n');
  });

  test('with --json none is null', async () => {
    expect((await ask('leader --json', { leader: null })).out).toBe('{"leader":null}\n');
  });
});

describe('events', () => {
  const events = [
    { id: 17, time: '2026-10-01T00:00:00.000Z', type: 'member-failed', member: 'n2', address: '10.0.0.2:7946', reason: 'silent' },
    { id: 18, time: '2026-10-01T00:00:01.000Z', type: 'lost', count: 3 },
  ];
  test.each([
    [{ type: 'leader-changed', leader: 'n2', token: 14, reason: 'decided' }, 'n2 leads, token 14: decided'],
    [{ type: 'leader-changed', leader: null, token: null, reason: 'resigned' }, 'no leader: resigned'],
    [{ type: 'record-changed', version: 15, epoch: 4, reason: 'decided' }, 'version 15, epoch 4: decided'],
  ])('of the cluster say what changed: %j', async (event, text) => {
    const one: Answer = (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
      response.end(`${JSON.stringify({ id: 1, time: '', ...event })}\n`);
    };
    expect((await ask('events', one)).out.trimEnd().split('\t').at(-1)).toBe(text);
  });

  test('that nobody can count are told with the reason of the agent', async () => {
    const one: Answer = (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
      response.end(`${JSON.stringify({ id: 17, time: '', type: 'lost', reason: 'what came after 99 is not known' })}\n`);
    };
    expect((await ask('events --since 99', one)).out).toContain('\twhat came after 99 is not known\n');
  });

  const stream: Answer = (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
    response.end(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  };

  test('are what is still known, then the end', async () => {
    const { code, out, asked } = await ask('events --since 16 --type member-failed,lost', stream);
    expect(code).toBe(0);
    expect(asked).toEqual(['GET /v1/events?since=16&type=member-failed%2Clost&follow=false']);
    expect(out).toBe(
      '17\t2026-10-01T00:00:00.000Z\tmember-failed\tn2\t10.0.0.2:7946\tsilent\n18\t2026-10-01T00:00:01.000Z\tlost\t-\t-\t3 events are no longer kept\n',
    );
  });

  test('with --json are a document a line', async () => {
    const { out } = await ask('events --json', stream);
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(events);
  });

  test('that are followed end with 3 when the agent does, and say how to go on', async () => {
    const { code, err } = await ask('events --follow', stream);
    expect(code).toBe(3);
    expect(err).toBe('quorate: the agent ended the stream: it stopped\n  → when it is back: quorate events --follow --since 18\n');
  });

  test('refuse an id that is none', async () => {
    expect((await run('events --since yesterday')).code).toBe(64);
  });
});

describe('wait', () => {
  test('is done at once when it is so already', async () => {
    const members = { alive: 3, suspect: 0, failed: 0, left: 0, stopped: 0 };
    expect((await ask('wait members=3', statusJson({ members }))).code).toBe(0);
    expect((await ask('wait member=n1', membersJson())).code).toBe(0);
  });

  test('asks until it is so', async () => {
    let alive = 0;
    const answer: Answer = (_request, response) => {
      alive += 1;
      replyJson(response, statusJson({ members: { alive, suspect: 0, failed: 0, left: 0, stopped: 0 } }));
    };
    const { code, asked } = await ask('wait members=3', answer);
    expect({ code, times: asked.length }).toEqual({ code: 0, times: 3 });
  });

  test.each([
    ['wait quorate --timeout 1ms', statusJson(), 'standing is joining'],
    ['wait quorate --timeout 1ms', fencedJson(), 'standing is fenced: 1 voters acknowledge, 3 are needed'],
    ['wait leader --timeout 1ms', { leader: null }, 'there is no leader'],
    ['wait can-lose=1 --timeout 1ms', fencedJson(), 'standing is fenced'],
    ['wait can-lose=3 --timeout 1ms', quorateJson(), 'no more than 2 may be lost'],
    ['wait can-lose=1 --timeout 1ms', quorateJson({ quorum: null }), 'no voter may be lost'],
    ['wait member=n9 --timeout 1ms', membersJson(), 'no member bears that name'],
    ['wait member=n1 --timeout 1ms', membersJson([memberJson({ state: 'failed' })]), 'it is failed'],
    ['wait members=2 --timeout 1ms', statusJson(), '1 are alive'],
  ])('%s ends with 124 and what holds instead', async (line, document, reason) => {
    const { code, err } = await ask(line.replace('1ms', '150ms'), document);
    expect(code).toBe(124);
    expect(err).toContain(`in vain: ${reason}\n`);
  });

  test('goes on while no agent answers', async () => {
    const { code, err } = await run('wait members=1 --timeout 150ms', { env: { QUORATE_SOCKET: '/nowhere/q.sock' } });
    expect(code).toBe(124);
    expect(err).toContain('/nowhere/q.sock  no such file');
  });

  test('is not held by an agent that never answers', async () => {
    const { code } = await ask('wait members=1 --timeout 200ms', () => {});
    expect(code).toBe(124);
  });

  test('refuses what cannot be waited for', async () => {
    expect((await run('wait members=many')).code).toBe(64);
    expect((await run('wait leader --timeout soon')).code).toBe(64);
  });
});

describe('wishes', () => {
  test.each([
    ['join db 10.0.0.2:1,::1', 'POST /v1/join {"seeds":["db:7946","10.0.0.2:1","[::1]:7946"]}'],
    ['forget n2', 'POST /v1/forget {"name":"n2"}'],
    ['log-level debug', 'PUT /v1/log-level {"level":"debug"}'],
    ['reload', 'POST /v1/reload'],
  ])('%s', async (line, request) => {
    const { code, out, asked } = await ask(line, { done: true });
    expect({ code, out, asked }).toEqual({ code: 0, out: '', asked: [request] });
  });

  test('leave says that it left only where there was a cluster to leave', async () => {
    const asked = ['GET /v1/status', 'POST /v1/leave'];
    expect(await ask('leave', statusJson())).toEqual({ code: 0, out: '', err: 'left the cluster; the agent ends\n', asked });
    const alone = await ask('leave', statusJson({ clusterId: null }));
    expect(alone).toEqual({ code: 0, out: '', err: 'it was in no cluster yet; the agent ends\n', asked });
  });

  test('tag set keeps the other tags, tag rm takes one away', async () => {
    const members = membersJson([memberJson({ tags: { role: 'db', rack: '1' } }), memberJson({ name: 'n2', tags: { other: 'x' } })]);
    const set = await ask('tag set rack=2 new=a=b', members);
    expect(set.asked).toEqual(['GET /v1/members', 'PUT /v1/tags {"role":"db","rack":"2","new":"a=b"}']);
    expect((await ask('tag rm rack', members)).asked[1]).toBe('PUT /v1/tags {"role":"db"}');
    expect(await ask('tag rm colour', members)).toMatchObject({
      code: 1,
      err: "quorate: tag: this member has no tag 'colour'\n  → it has: role, rack\n",
    });
  });

  test('reload says what only a restart changes', async () => {
    const { err } = await ask('reload', { changed: ['tag'], needsRestart: ['bind'] });
    expect(err).toBe('changed: tag\nonly a restart changes: bind\n');
  });

  test('that are refused end with 1, the reason and the hint of the agent', async () => {
    const problem = {
      type: 'x',
      title: 'Conflict',
      status: 409,
      detail: 'n2 is alive',
      code: 'member-alive',
      hint: 'stop its agent first',
    };
    const { code, err } = await ask('forget n2', ((_request, response) => replyJson(response, problem, 409)) satisfies Answer);
    expect({ code, err }).toEqual({ code: 1, err: 'quorate: n2 is alive\n  → stop its agent first\n' });
  });

  test.each([['join 10.0.0'], ['tag set role'], ['tag add a=b'], ['log-level loud'], ['config chek'], ['completion tcsh'], ['help me']])(
    '%s is a usage error before any agent is asked',
    async (line) => {
      expect((await run(line)).code).toBe(64);
    },
  );
});

describe('what needs no agent', () => {
  test('config check says whether an agent would start', async () => {
    expect(await run('config check --name n1')).toMatchObject({ code: 0, out: '' });
    expect((await run('config check', { env: { QUORATE_PROFILE: 'x' } })).code).toBe(78);
  });

  test('config show lists every setting with where it came from', async () => {
    const { out } = await run('config show --tag a=b', { env: { QUORATE_ZONE: 'z' } });
    expect(out).toContain('zone\tz\tenvironment QUORATE_ZONE\n');
    expect(out).toContain('tag\ta=b\tflag\n');
    expect(out).toContain('profile\tlan\tdefault\n');
    // Where the state would be, unless a dev agent makes a directory for itself.
    expect(out).toMatch(/^state-dir\t\/\S+\/quorate\tdefault$/m);
    expect((await run('config show --dev')).out).toContain('state-dir\t-\tdefault\n');
    expect((await run('config show --state-dir here')).out).toContain('state-dir\there\tflag\n');
  });

  test('config show --running shows the settings of the running agent', async () => {
    const { out } = await ask('config show --running', { settings: { zone: { value: 'z', from: 'flag' } } });
    expect(out).toBe('zone\tz\tflag\n');
  });

  test('version names itself, Node and the protocol', async () => {
    const { code, out } = await run('version');
    expect(code).toBe(0);
    expect(out).toMatch(/^quorate \d+\.\d+\.\d+\nnode v\d+\S+\nprotocol \d+\n$/);
  });

  test('help lists every verb, and every option of a verb', async () => {
    const { out } = await run('help');
    for (const verb of ['agent', 'status', 'members', 'wait', 'completion']) expect(out).toContain(`quorate ${verb}`);
    expect((await run('members --help')).out).toContain('--state');
  });
});
