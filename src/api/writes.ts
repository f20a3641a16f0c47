// The routes that wish something of the agent. The body is checked for shape here, the wish itself by the core.

import type { AgentHandle } from '../agent/handle.ts';
import type { Command, CommandResult } from '../core/index.ts';
import { fieldsOf, textField, textListField, textsOf } from './body.ts';
import { type DoneJson, type LogLevelJson, type PartitionJson, type ReloadJson, TAG_LIMITS, type TagsJson } from './contract.ts';
import { bad, type Checked, json, ok, problem, type Reply } from './reply.ts';
import type { Route } from './routes.ts';

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
  'other-cluster': { status: 409, hint: 'clusters do not merge: start this agent with an empty state directory to join the other' },
};
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
    ...(['/v1/lease', '/v1/confirm', '/v1/voters'] as const).map(notYet),
  ];
}

// They need the record, which this version does not keep.
function notYet(path: '/v1/lease' | '/v1/confirm' | '/v1/voters'): Route {
  return {
    methods: path === '/v1/lease' ? ['GET'] : ['POST'],
    path,
    handle: () =>
      problem(501, 'no-record', `${path} needs the record of voters and leases, which this version does not have`, 'use a later version'),
  };
}

function answerTo(result: CommandResult, answer: object): Reply {
  if (result.kind === 'done') return json(answer);
  const { status, hint } = REFUSALS[result.code];
  return problem(status, result.code, result.message, hint);
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
