// The core's state as the JSON of contract.ts: pure functions of a view and an instant.
// What hangs on the lease is evaluated at that instant (R6), never taken from what the node last noticed.

import type { LoggedEvent } from '../agent/event-log.ts';
import type { AgentHandle } from '../agent/handle.ts';
import { standingAt } from '../agent/standing.ts';
import type { MemberView, MonotonicMs, NodeView } from '../core/index.ts';
import type {
  ConfigJson,
  EventJson,
  EventTypeJson,
  LeaderJson,
  LeaseJson,
  MemberJson,
  MembersJson,
  StatusJson,
  VersionJson,
} from './contract.ts';

type WallClock = Pick<AgentHandle, 'wallClockMs'>;

const NO_TAGS: Readonly<Record<string, string>> = Object.freeze({});
const YEAR_10000_MS = 253_402_300_800_000;

/** At this very instant. */
export function isQuorate(agent: Pick<AgentHandle, 'view' | 'nowMs' | 'bootMs'>): boolean {
  return agent.view.isQuorate(agent.nowMs(), agent.bootMs());
}

/** Null until there is a record. Rounded down: a deadline made of it must not lie behind the lease's end. */
export function leaseJson(agent: AgentHandle): LeaseJson | null {
  const { view } = agent;
  if (view.record === null) return null;
  const { fenceMs, failMs, stopMs } = view.timings;
  const remainingMs = Math.max(0, Math.floor(view.leaseRemainingMs(agent.nowMs(), agent.bootMs())));
  return { remainingMs, fenceMs, failMs, stopMs };
}

export function leaderJson(agent: AgentHandle): LeaderJson | null {
  const leader = agent.view.leader(agent.nowMs(), agent.bootMs());
  return leader === null ? null : { name: leader.name, token: leader.token, isSelf: leader.isSelf };
}

function recordJson({ record }: NodeView): StatusJson['record'] {
  if (record === null) return null;
  const { version, epoch, maxVoters } = record;
  return { version, epoch, maxVoters, voters: record.voters.map(({ id, name, ackAgeMs }) => ({ id, name, ackAgeMs: wholeAge(ackAgeMs) })) };
}

function fenceJson({ fence }: NodeView, clock: WallClock): StatusJson['fence'] {
  if (fence === null) return null;
  const { since, reason, message } = fence;
  const evidence = fence.evidence.map(({ voter, ackAgeMs }) => ({ voter, ackAgeMs: wholeAge(ackAgeMs) }));
  return { since: rfc3339(clock.wallClockMs(since)), reason, message, evidence };
}

/** `socket` is the path that was asked at. */
export function statusJson(agent: AgentHandle, now: MonotonicMs, socket: string): StatusJson {
  const { view } = agent;
  return {
    name: view.name,
    id: view.id,
    cluster: view.clusterName,
    clusterId: view.clusterId,
    incarnation: view.incarnation,
    standing: standingAt(view, agent),
    quorum: view.quorum(now, agent.bootMs()),
    lease: leaseJson(agent),
    leader: leaderJson(agent),
    record: recordJson(view),
    members: view.counts(now),
    fence: fenceJson(view, agent),
    problems: view.problems(now),
    uptimeMs: wholeMs(now - agent.startedAt),
    address: view.address,
    version: agent.version,
    profile: view.timings.profile,
    socket,
  };
}

export function membersJson(agent: AgentHandle, members: readonly MemberView[]): MembersJson {
  const { view } = agent;
  return { index: view.index, self: view.name, quorate: isQuorate(agent), members: members.map((one) => memberJson(one, agent)) };
}

export function memberJson(member: MemberView, clock: WallClock): MemberJson {
  return {
    name: member.name,
    id: member.id,
    address: member.address,
    state: member.state,
    incarnation: member.incarnation,
    counter: member.counter,
    ageMs: wholeMs(member.ageMs),
    phi: rounded(member.phi, 100),
    rttMs: rounded(member.rttMs, 1000),
    voter: member.isVoter,
    leader: member.isLeader,
    zone: member.zone,
    tags: tagsJson(member.tags),
    version: member.software,
    since: rfc3339(clock.wallClockMs(member.since)),
  };
}

/** `fromEntries` defines each key as the object's own, so a tag named `__proto__` is a tag like any other. */
export function tagsJson(tags: MemberView['tags']): Readonly<Record<string, string>> {
  return tags.length === 0 ? NO_TAGS : Object.fromEntries(tags);
}

/** Facts that an event does not have (empty text, incarnation 0) are left out. */
export function eventJson(event: LoggedEvent): EventJson {
  return {
    id: event.id,
    time: rfc3339(event.timeMs),
    // What the log holds was written by the agent from the same list of types.
    type: event.type as EventTypeJson,
    ...(event.member !== '' && { member: event.member }),
    ...(event.incarnation !== 0 && { incarnation: event.incarnation }),
    ...(event.address !== '' && { address: event.address }),
    ...(event.reason !== '' && { reason: event.reason }),
    ...(event.leader !== undefined && { leader: event.leader }),
    ...(event.token !== undefined && { token: event.token }),
    ...(event.isSelf !== undefined && { isSelf: event.isSelf }),
    ...(event.version !== undefined && { version: event.version }),
    ...(event.epoch !== undefined && { epoch: event.epoch }),
  };
}

export function configJson(agent: AgentHandle, socket: string): ConfigJson {
  return { settings: agent.settings, boundAddress: agent.boundAddress, socket };
}

export function versionJson(agent: AgentHandle): VersionJson {
  return { version: agent.version, node: process.version, protocol: agent.protocolVersion };
}

/** Never throws: an instant that no calendar knows is shown as the nearest one that has a date. */
export function rfc3339(wallClockMs: number): string {
  const ms = Number.isNaN(wallClockMs) ? 0 : Math.min(Math.max(wallClockMs, 0), YEAR_10000_MS - 1);
  return new Date(ms).toISOString();
}

function wholeMs(ms: number): number {
  return Math.max(0, Math.round(ms));
}

function wholeAge(ms: number | null): number | null {
  return ms === null ? null : wholeMs(ms);
}

function rounded(value: number | null, parts: number): number | null {
  return value === null || !Number.isFinite(value) ? null : Math.round(value * parts) / parts;
}
