// The routes that wish something of the agent. The body is checked for shape here, the wish itself by the core.

import type { AgentHandle } from '../agent/handle.ts';
import type { Command, CommandResult } from '../core/index.ts';
import { fieldsOf, textField, textListField, textsOf } from './body.ts';
import {
  type DoneJson,
  type LeaseLineJson,
  type LogLevelJson,
  type PartitionJson,
  type ReloadJson,
  TAG_LIMITS,
  type TagsJson,
} from './contract.ts';
import { bad, type Checked, json, ok, problem, quoted, type Reply } from './reply.ts';
import type { Route } from './routes.ts';
import { isQuorate } from './views.ts';

type Tags = readonly (readonly [key: string, value: string])[];

const DONE: DoneJson = { done: true };
type RefusedCode = Extract<CommandResult, { kind: 'refused' }>['code'];

const REFUSALS: Readonly<Record<RefusedCode, { readonly status: number; readonly hint: string }>> = {
  'no-such-member': { status: 404, hint: 'see GET /v1/members for the names' },
  'member-alive': { status: 409, hint: 'stop its agent first; only a member that is gone can be forgotten' },
  'is-self': { status: 409, hint: 'to take this agent out of the cluster: POST /v1/leave' },
  invalid: { status: 400, hint: 'correct the request and send it again' },
  leaving: { status: 409, hint: 'nothing more can be asked of it; start it again' },
  unreachable: { status: 504, hint: 'the seeds are tried on; see that an agent runs there and that UDP and TCP reach its port' },
  'not-confirmed': { status: 503, hint: 'a majority of the voters did not answer just now: see quorate explain fence' },
  'not-quorate': { status: 503, hint: 'only a member with a quorum can do that: see quorate status' },
  'would-lose-quorum': { status: 409, hint: 'bring the missing voters back first, or replace them: see quorate voters' },
  'voters-full': { status: 409, hint: 'take the vote of another first: quorate voters remove NAME' },
  'other-cluster': { status: 409, hint: 'clusters do not merge: start this agent with an empty state directory to join the other' },
};
const CLIENT_EXAMPLE = 'such as {"client":"…"}, the id that GET /v1/lease gave';
const DROP_EXAMPLE = '{"drop":["n2"]} cuts both directions, {"dropIn":[…]} and {"dropOut":[…]} one; {"drop":[]} heals';

export function writeRoutes(agent: AgentHandle): Route[] {
  const command = async (wish: Command, answer: object = DONE): Promise<Reply> => answerTo(await agent.command(wish), answer);
  return [
    {
      methods: ['POST'],
      path: '/v1/join',
      handle: ({ body }) => {
        const seeds = seedsOf(body);
        return seeds.kind === 'bad' ? seeds.reply : command({ kind: 'join', seeds: seeds.value });
      },
    },
    {
      methods: ['POST'],
      path: '/v1/leave',
      handle: ({ body }) => {
        const checked = fieldsOf(body, []);
        return checked.kind === 'bad' ? checked.reply : command({ kind: 'leave' });
      },
    },
    {
      methods: ['POST'],
      path: '/v1/forget',
      handle: ({ body }) => {
        const name = oneText(body, 'name', 'such as {"name":"n2"}');
        return name.kind === 'bad' ? name.reply : command({ kind: 'forget', name: name.value });
      },
    },
    {
      methods: ['PUT'],
      path: '/v1/tags',
      handle: ({ body }) => {
        const tags = tagsOf(body);
        if (tags.kind === 'bad') return tags.reply;
        return command({ kind: 'set-tags', tags: tags.value }, { tags: Object.fromEntries(tags.value) } satisfies TagsJson);
      },
    },
    {
      methods: ['POST'],
      path: '/v1/confirm',
      handle: async ({ body }) => {
        const checked = fieldsOf(body, []);
        if (checked.kind === 'bad') return checked.reply;
        const reply = await command({ kind: 'confirm' });
        // The round trip may have been answered just before the lease ended.
        if (reply.status !== 200 || isQuorate(agent)) return reply;
        return answerTo({ kind: 'refused', code: 'not-confirmed', message: `${agent.view.name} is not quorate any more` }, DONE);
      },
    },
    {
      methods: ['POST'],
      path: '/v1/voters',
      handle: ({ body }) => {
        const change = voterChangeOf(body);
        return change.kind === 'bad' ? change.reply : command({ kind: 'voters', ...change.value });
      },
    },
    {
      methods: ['POST'],
      path: '/v1/recover',
      handle: ({ body }) => {
        const cluster = oneText(body, 'cluster', `{"cluster":"${agent.view.clusterName}"} confirms that its voters are lost for good`);
        if (cluster.kind === 'bad') return cluster.reply;
        if (cluster.value === agent.view.clusterName) return command({ kind: 'recover-force' });
        const other = `this cluster is not named ${quoted(cluster.value)}`;
        return problem(409, 'not-confirmed', other, 'name the cluster that is to be given up, as GET /v1/status has it');
      },
    },
    {
      methods: ['POST'],
      path: '/v1/lease/renew',
      handle: ({ body }) => {
        const client = oneText(body, 'client', CLIENT_EXAMPLE);
        if (client.kind === 'bad') return client.reply;
        const line = agent.leases.renew(client.value);
        return line === null ? unknownClient(client.value) : json(line satisfies LeaseLineJson);
      },
    },
    {
      methods: ['POST'],
      path: '/v1/lease/ended',
      handle: ({ body }) => {
        const client = oneText(body, 'client', CLIENT_EXAMPLE);
        if (client.kind === 'bad') return client.reply;
        return agent.leases.ended(client.value) ? json(DONE) : unknownClient(client.value);
      },
    },
    { methods: ['POST'], path: '/v1/reload', handle: ({ body }) => reload(agent, body) },
    {
      methods: ['PUT', 'POST'],
      path: '/v1/log-level',
      handle: ({ body }) => {
        const level = oneText(body, 'level', 'such as {"level":"debug"}');
        if (level.kind === 'bad') return level.reply;
        return answerTo(agent.setLogLevel(level.value), { level: level.value } satisfies LogLevelJson);
      },
    },
    {
      methods: ['POST'],
      path: '/v1/dev/partition',
      handle: ({ body }) => {
        if (!agent.isDev) return problem(403, 'dev-only', 'packets are dropped on purpose only in dev mode', 'start the agent with --dev');
        const cut = partitionOf(body);
        return cut.kind === 'bad' ? cut.reply : command({ kind: 'partition', ...cut.value }, cut.value);
      },
    },
  ];
}

function answerTo(result: CommandResult, answer: object): Reply {
  if (result.kind === 'done') return json(answer);
  const { status, hint } = REFUSALS[result.code];
  return problem(status, result.code, result.message, hint);
}

function unknownClient(client: string): Reply {
  return problem(404, 'no-such-client', `no client of a lease is ${quoted(client)}`, 'register by GET /v1/lease?for=quorate');
}

function voterChangeOf(body: string): Checked<{ readonly add: string } | { readonly remove: string }> {
  const example = '{"add":"n4"} or {"remove":"n2"}';
  const fields = fieldsOf(body, ['add', 'remove']);
  if (fields.kind === 'bad') return fields;
  const given = ['add', 'remove'].filter((key) => Object.hasOwn(fields.value, key));
  if (given.length !== 1) return bad('invalid-body', 'one voter is added or removed at a time', example);
  const key = given[0] as 'add' | 'remove';
  const name = textField(fields.value, key, example);
  if (name.kind === 'bad') return name;
  return ok(key === 'add' ? { add: name.value } : { remove: name.value });
}

function seedsOf(body: string): Checked<readonly string[]> {
  const example = 'such as {"seeds":["10.0.0.2:7946"]}';
  const fields = fieldsOf(body, ['seeds']);
  if (fields.kind === 'bad') return fields;
  const seeds = textListField(fields.value, 'seeds', example);
  if (seeds.kind === 'bad') return seeds;
  if (seeds.value === undefined || seeds.value.length === 0) return bad('invalid-body', 'there is no seed in the body', example);
  return ok(seeds.value);
}

function oneText(body: string, key: string, example: string): Checked<string> {
  const fields = fieldsOf(body, [key]);
  return fields.kind === 'bad' ? fields : textField(fields.value, key, example);
}

function tagsOf(body: string): Checked<Tags> {
  const texts = textsOf(body);
  if (texts.kind === 'bad') return texts;
  const tags = Object.entries(texts.value).sort(([a], [b]) => (a < b ? -1 : 1));
  if (tags.length > TAG_LIMITS.count) return bad('invalid-body', `${tags.length} tags are too many`, `at most ${TAG_LIMITS.count}`);
  for (const [key, value] of tags) {
    const keyBytes = Buffer.byteLength(key);
    if (keyBytes === 0) return bad('invalid-body', 'a tag has an empty key', 'name it');
    if (keyBytes > TAG_LIMITS.keyBytes || keyBytes + Buffer.byteLength(value) > TAG_LIMITS.keyAndValueBytes) {
      const most = `a key has at most ${TAG_LIMITS.keyBytes} bytes, key and value together ${TAG_LIMITS.keyAndValueBytes}`;
      return bad('invalid-body', `the tag ${JSON.stringify(key.slice(0, 80))} is too long`, most);
    }
  }
  return ok(tags);
}

function partitionOf(body: string): Checked<PartitionJson> {
  const fields = fieldsOf(body, ['drop', 'dropIn', 'dropOut']);
  if (fields.kind === 'bad') return fields;
  const drop = textListField(fields.value, 'drop', DROP_EXAMPLE);
  if (drop.kind === 'bad') return drop;
  const dropIn = textListField(fields.value, 'dropIn', DROP_EXAMPLE);
  if (dropIn.kind === 'bad') return dropIn;
  const dropOut = textListField(fields.value, 'dropOut', DROP_EXAMPLE);
  if (dropOut.kind === 'bad') return dropOut;
  if (drop.value === undefined && dropIn.value === undefined && dropOut.value === undefined) {
    return bad('invalid-body', 'the body does not say what to drop', DROP_EXAMPLE);
  }
  const both = drop.value ?? [];
  return ok({ dropIn: union(both, dropIn.value), dropOut: union(both, dropOut.value) });
}

function union(some: readonly string[], more: readonly string[] = []): string[] {
  return [...new Set([...some, ...more])];
}

async function reload(agent: AgentHandle, body: string): Promise<Reply> {
  const checked = fieldsOf(body, []);
  if (checked.kind === 'bad') return checked.reply;
  const { changed, needsRestart, problem: reason } = await agent.reload();
  if (reason !== null) return problem(409, 'config-invalid', reason, 'correct the file; the agent runs on with the old settings');
  return json({ changed, needsRestart } satisfies ReloadJson);
}
