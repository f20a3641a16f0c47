// The core's state as the JSON of contract.ts: pure functions of a view and an instant.
// Until the record exists, quorum, lease, leader, record and fence are null and nobody votes or leads.

import type { LoggedEvent } from '../agent/event-log.ts';
import type { AgentHandle } from '../agent/handle.ts';
import type { MemberView, MonotonicMs, NodeView } from '../core/index.ts';
import type { ConfigJson, EventJson, EventTypeJson, MemberJson, MembersJson, StatusJson, VersionJson } from './contract.ts';

type WallClock = Pick<AgentHandle, 'wallClockMs'>;

const NO_TAGS: Readonly<Record<string, string>> = Object.freeze({});
const YEAR_10000_MS = 253_402_300_800_000;

export function isQuorate(view: NodeView): boolean {
  return view.standing === 'quorate';
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
    standing: view.standing,
    quorum: null,
    lease: null,
    leader: null,
    record: null,
    members: view.counts(now),
    fence: null,
    problems: view.problems(now),
    uptimeMs: wholeMs(now - agent.startedAt),
    address: view.address,
    version: agent.version,
    profile: view.timings.profile,
    socket,
  };
}

export function membersJson(view: NodeView, members: readonly MemberView[], clock: WallClock): MembersJson {
  return { index: view.index, self: view.name, quorate: isQuorate(view), members: members.map((one) => memberJson(one, clock)) };
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
    voter: false,
    leader: false,
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

function rounded(value: number | null, parts: number): number | null {
  return value === null || !Number.isFinite(value) ? null : Math.round(value * parts) / parts;
}
