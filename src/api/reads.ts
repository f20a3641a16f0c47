// The routes that only read. They never wait: everything comes from the view as it is now.

import type { AgentHandle } from '../agent/handle.ts';
import { standingAt } from '../agent/standing.ts';
import type { LeaderDocumentJson, QuorumDocumentJson } from './contract.ts';
import { discovery, METRICS_TYPE, metricsPage } from './metrics.ts';
import { didYouMean } from './nearest.ts';
import { eventsQuery, leaseQuery, membersQuery, noQuery, portQuery } from './query.ts';
import { bad, json, NO_CONTENT, problem, quoted, type Reply, text } from './reply.ts';
import type { Outcome, Route } from './routes.ts';
import { configJson, isQuorate, leaderJson, leaseJson, memberJson, membersJson, statusJson, versionJson } from './views.ts';

/** Names shown to one who mistyped a name. */
const HINT_NAMES_MAX = 20;

/** `socket` is the path that the server answers at. */
export function readRoutes(agent: AgentHandle, socket: () => string): Route[] {
  return [
    plain('/v1/status', () => json(statusJson(agent, agent.nowMs(), socket()))),
    { methods: ['GET'], path: '/v1/members', isCacheable: true, handle: ({ query }) => members(agent, query) },
    { methods: ['GET'], path: '/v1/members/{name}', isCacheable: true, handle: ({ name, query }) => refused(query) ?? member(agent, name) },
    plain('/v1/leader', () => json({ leader: leaderJson(agent) } satisfies LeaderDocumentJson)),
    plain('/v1/quorum', () => quorum(agent)),
    {
      methods: ['GET'],
      path: '/v1/lease',
      isAdminOnly: true,
      handle: ({ query }): Outcome => {
        const checked = leaseQuery(query);
        return checked.kind === 'bad' ? checked.reply : { kind: 'lease', query: checked.value };
      },
    },
    {
      methods: ['GET'],
      path: '/v1/events',
      handle: ({ query, lastEventId, isEventSource }): Outcome => {
        const checked = eventsQuery(query, lastEventId);
        return checked.kind === 'bad' ? checked.reply : { kind: 'events', query: checked.value, isEventSource };
      },
    },
    plain('/v1/health/live', () => NO_CONTENT),
    plain('/v1/health/ready', () =>
      agent.view.clusterId !== null
        ? NO_CONTENT
        : problem(503, 'no-cluster', `${agent.view.name} has not joined a cluster yet`, 'see the problems in GET /v1/status'),
    ),
    plain('/v1/version', () => json(versionJson(agent))),
    plain('/v1/config', () => json(configJson(agent, socket()))),
    plain('/metrics', () => text(METRICS_TYPE, metricsPage(agent, agent.nowMs()))),
    {
      methods: ['GET'],
      path: '/v1/prometheus/sd',
      handle: ({ query }) => {
        const port = portQuery(query);
        return port.kind === 'bad' ? port.reply : json(discovery(agent.view, agent.nowMs(), port.value));
      },
    },
  ];
}

function plain(path: string, handle: () => Reply): Route {
  return { methods: ['GET'], path, handle: ({ query }) => refused(query) ?? handle() };
}

function refused(query: string): Reply | null {
  const checked = noQuery(query);
  return checked.kind === 'bad' ? checked.reply : null;
}

function quorum(agent: AgentHandle): Reply {
  const { view } = agent;
  const standing = standingAt(view, agent);
  const lease = leaseJson(agent);
  if (isQuorate(agent) && lease !== null) {
    return json({ quorate: true, standing, quorum: view.quorum(agent.nowMs(), agent.bootMs()), lease } satisfies QuorumDocumentJson);
  }
  const why = standing === 'fenced' && view.fence !== null ? `: ${view.fence.message}` : '';
  return problem(
    503,
    'not-quorate',
    `${view.name} is not quorate, its standing is ${standing}${why}`,
    'see GET /v1/status, or type: quorate explain fence',
  );
}

function members(agent: AgentHandle, query: string): Reply {
  const checked = membersQuery(query);
  if (checked.kind === 'bad') return checked.reply;
  const { state, tags } = checked.value;
  let found = agent.view.members(agent.nowMs());
  if (state !== null) found = found.filter((one) => one.state === state);
  for (const [key, value] of tags) found = found.filter((one) => one.tags.some((tag) => tag[0] === key && tag[1] === value));
  return json(membersJson(agent, found));
}

function member(agent: AgentHandle, encodedName: string): Reply {
  let name: string;
  try {
    name = decodeURIComponent(encodedName);
  } catch {
    return bad('invalid-path', `${quoted(encodedName)} is not percent-encoded text`, 'encode the name as in a URL').reply;
  }
  const now = agent.nowMs();
  const found = agent.view.member(name, now);
  if (found !== null) return json(memberJson(found, agent));
  const known = agent.view.members(now).slice(0, HINT_NAMES_MAX);
  const hint = didYouMean(
    name,
    known.map((one) => one.name),
  );
  return problem(404, 'no-such-member', `no member is named ${quoted(name)}`, hint);
}
