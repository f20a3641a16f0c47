// An AgentHandle made of plain values: what api/ shows can be set, what it wishes is written down.

import { EventLog, type LoggedEvent } from '../../src/agent/event-log.ts';
import type { AgentHandle } from '../../src/agent/handle.ts';
import { LeaseRegistry } from '../../src/agent/workloads.ts';
import type {
  Address,
  Command,
  CommandResult,
  Incarnation,
  MemberView,
  MonotonicMs,
  NodeId,
  NodeView,
  Standing,
} from '../../src/core/index.ts';
import { address, at, clusterId, incarnation, nodeId, PROFILES } from '../../src/core/index.ts';

export const WALL_OF_ZERO_MS = Date.UTC(2026, 0, 1);
export const RUN_ORDINAL = 3;
export const FIRST_EVENT_ID = 3_000_000_001;

export interface FakeAgent extends AgentHandle {
  /** Every wish, in order. */
  readonly commands: readonly Command[];
  append(event: Partial<LoggedEvent>): LoggedEvent;
}

export interface FakeOptions {
  readonly members?: readonly MemberView[];
  readonly view?: Partial<NodeView>;
  readonly isDev?: boolean;
  readonly ringLength?: number;
  readonly handle?: Partial<AgentHandle>;
  /** What each wish is answered with; a promise that hangs makes the request hang. */
  readonly answer?: (command: Command) => CommandResult | Promise<CommandResult>;
}

export function memberView(name: string, over: Partial<MemberView> = {}): MemberView {
  const number = [...name].reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) % 0xffffffff, 7);
  return {
    id: hexId(number),
    name,
    address: address(`10.0.0.${(number % 250) + 1}:7946`),
    state: 'alive',
    incarnation: incarnation(1_790_000_000_000),
    counter: 1234,
    ageMs: 180.4,
    phi: 0.2041,
    rttMs: 0.31415,
    zone: 'a',
    tags: [['role', 'db']],
    software: '0.1.0',
    since: at(1_000),
    isSelf: name === 'n1',
    isVoter: false,
    isLeader: false,
    ...over,
  };
}

export function fakeAgent(options: FakeOptions = {}): FakeAgent {
  const members = [...(options.members ?? [memberView('n1'), memberView('n2')])];
  const events = new EventLog(RUN_ORDINAL, options.ringLength);
  const commands: Command[] = [];
  const counts = { alive: 0, suspect: 0, failed: 0, left: 0, stopped: 0 };
  for (const one of members) counts[one.state] += 1;
  const plain: NodeView = {
    id: hexId(7),
    name: 'n1',
    clusterName: 'default',
    clusterId: clusterId('c'.repeat(32)),
    incarnation: incarnation(1_790_000_000_000),
    address: address('10.0.0.1:7946'),
    standing: 'joining',
    timings: PROFILES.lan,
    index: 42,
    counts: () => counts,
    members: () => [...members],
    member: (name: string) => members.find((one) => one.name === name) ?? null,
    isQuorate: () => false,
    leaseRemainingMs: () => 0,
    quorum: () => null,
    leader: () => null,
    record: null,
    fence: null,
    problems: () => [{ code: 'alone', message: 'no seed answered', hint: 'quorate join HOST' }],
    refusals: new Map([['cluster-hash', 3]]),
  };
  // By descriptor, so that a getter of the test stays one.
  const view: NodeView = Object.defineProperties(plain, Object.getOwnPropertyDescriptors(options.view ?? {}));
  const nowMs = options.handle?.nowMs ?? (() => at(performance.now() + 5_000));
  const bootMs = options.handle?.bootMs ?? (() => performance.now() + 900_000);
  const leases = new LeaseRegistry({
    clock: { nowMs, bootMs },
    view: () => view,
    drawId: drawing(),
    after: (ms, callback) => {
      const timeout = setTimeout(callback, ms);
      return () => clearTimeout(timeout);
    },
  });
  return {
    version: '0.1.0',
    protocolVersion: 1,
    isDev: options.isDev ?? true,
    view,
    events,
    nowMs,
    bootMs,
    leases,
    wallClockMs: (instant: MonotonicMs) => WALL_OF_ZERO_MS + instant,
    startedAt: at(5_000),
    settings: { profile: { value: 'lan', from: 'default' } },
    socketPath: '/run/quorate/quorate.sock',
    boundAddress: '0.0.0.0:7946' as Address,
    command: async (command) => {
      commands.push(command);
      return (await options.answer?.(command)) ?? { kind: 'done' };
    },
    setLogLevel: (level) =>
      ['debug', 'info'].includes(level) ? { kind: 'done' } : { kind: 'refused', code: 'invalid', message: `no level ${level}` },
    reload: async () => ({ changed: ['tags'], needsRestart: ['bind'], problem: null }),
    metrics: () =>
      new Map([
        ['loop_lag_ms', 1.5],
        ['datagrams_sent_total', 17],
      ]),
    ...options.handle,
    commands,
    append: (event) =>
      events.append({
        timeMs: WALL_OF_ZERO_MS,
        type: 'member-joined',
        member: 'n2',
        incarnation: 1_790_000_000_001 as Incarnation,
        address: '10.0.0.2:7946',
        reason: '',
        ...event,
      }),
  };
}

/** c1, c2, … */
function drawing(): () => string {
  let drawn = 0;
  return () => `c${++drawn}`;
}

function hexId(number: number): NodeId {
  return nodeId(number.toString(16).padStart(32, '0'));
}

/** A view that holds a lease of a life, to be moved by the test. */
export interface FakeLease {
  remainingMs: number;
  incarnation: number;
  standing: Standing;
  /** Null: nobody leads. */
  leader: { name: string; token: number; isSelf: boolean } | null;
}

export function leasedView(lease: FakeLease): Partial<NodeView> {
  return {
    get standing() {
      return lease.standing;
    },
    get incarnation() {
      return lease.incarnation as Incarnation;
    },
    isQuorate: () => lease.remainingMs > 0,
    leaseRemainingMs: () => lease.remainingMs,
    quorum: () => ({ voters: 5, needed: 3, acking: 5, canLose: 2, isVoter: true }),
    leader: () => (lease.leader === null ? null : { id: hexId(7), ...lease.leader }),
    record: { version: 14, epoch: 4, maxVoters: 7, voters: [{ id: hexId(7), name: 'n1', ackAgeMs: 3.4 }] },
  };
}

export function heldLease(over: Partial<FakeLease> = {}): FakeLease {
  return {
    remainingMs: 2710.7,
    incarnation: 1_790_000_000_000,
    standing: 'quorate',
    leader: { name: 'n1', token: 12, isSelf: true },
    ...over,
  };
}
