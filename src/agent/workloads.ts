// What runs under this agent's lease on this host (R7): the clients of /v1/lease, what each was handed out, and whether its
// child is dead. A lease is given only while the node holds it, taken back the moment it does not, and never again within
// that incarnation. Rule kept: `ended(true)` only when nothing can run any more. A client that reports (`run`) says so itself;
// one that vanished, or never reports, holds a deadline of its own and has until T_stop after it. All waits go by nowMs alone,
// which can only be late (R6). What is sent on which connection is api/'s business, who is stopped how is cli/'s.

import { assert, at as instant, type MonotonicMs, type NodeView } from '../core/index.ts';
import type { Clock, StopWish, Workloads } from './ports.ts';

export type LeaseScope = 'quorate' | 'leader';

/** One line of GET /v1/lease, and the answer to a renewal. */
export type LeaseLine = LeaseHeld | LeaseNotHeld;

export interface LeaseHeld {
  readonly type: 'grant' | 'renew';
  readonly client: string;
  /** Never 0. */
  readonly remainingMs: number;
  readonly fenceMs: number;
  readonly stopMs: number;
  readonly node: string;
  readonly incarnation: number;
  /** Of the leadership that it hangs on; null for `quorate`. */
  readonly token: number | null;
}

/** `wait`: nothing was granted yet. `revoke`: what was granted is over. */
export interface LeaseNotHeld {
  readonly type: 'wait' | 'revoke';
  readonly client: string;
  readonly remainingMs: 0;
  readonly fenceMs: number;
  readonly stopMs: number;
  readonly node: string;
  readonly reason: string;
}

export interface LeaseRequest {
  readonly scope: LeaseScope;
  /** It runs a child and will say when that is dead; without this a fence cannot be confirmed. */
  readonly reports: boolean;
  /** The client's id on an earlier connection. */
  readonly resume: string | null;
  readonly send: (line: LeaseLine) => void;
}

export interface LeaseConnection {
  readonly client: string;
  /** The connection is gone; what runs under it is not. */
  lost(): void;
}

export interface WorkloadParts {
  readonly clock: Clock;
  readonly view: () => NodeView;
  /** Draws a client's id. */
  readonly drawId: () => string;
  /** Calls back once, not before that many milliseconds have passed; returns how to take it back. */
  readonly after: (ms: number, callback: () => void) => () => void;
}

interface LeaseClient {
  readonly id: string;
  readonly scope: LeaseScope;
  readonly reports: boolean;
  /** Null while it has no connection. */
  send: ((line: LeaseLine) => void) | null;
  /** `stopping`: revoked, and not known to be dead. */
  phase: 'waiting' | 'holding' | 'stopping';
  incarnation: number;
  token: number | null;
  /** The latest that it was handed out. */
  deadline: MonotonicMs;
  /** Why it waits, as it was told last. */
  toldReason: string;
}

interface PendingStop {
  readonly wish: StopWish;
  readonly until: MonotonicMs;
  readonly ended: (areDead: boolean) => void;
  isLate: boolean;
}

/** Renewals of a lease within its length. */
const RENEWALS_PER_LEASE = 6;
const CLIENTS_MAX = 256;

export class LeaseRegistry implements Workloads {
  readonly #parts: WorkloadParts;
  readonly #clients = new Map<string, LeaseClient>();
  #pending: PendingStop[] = [];
  /** No lease within this incarnation any more. */
  #stoppedIncarnation = -1;
  /** No lease under this leadership any more. */
  #stoppedToken = -1;
  #renewalDue: MonotonicMs;
  #cancelTimer: () => void = () => {};

  constructor(parts: WorkloadParts) {
    this.#parts = parts;
    this.#renewalDue = parts.clock.nowMs();
  }

  get count(): number {
    return this.#clients.size;
  }

  get holdingCount(): number {
    return [...this.#clients.values()].filter(({ phase }) => phase !== 'waiting').length;
  }

  /** Null: there are too many. Its first line is sent at once. */
  open({ scope, reports, resume, send }: LeaseRequest): LeaseConnection | null {
    const known = resume === null ? undefined : this.#clients.get(resume);
    if (this.#clients.size === 0) this.#renewLater();
    if (known === undefined && this.#clients.size >= CLIENTS_MAX) return null;
    const client = known?.scope === scope && known.reports === reports ? known : this.#add(scope, reports);
    client.send = send;
    if (client.phase === 'waiting') {
      const line = this.#grant(client) ?? this.#wait(client);
      send(line);
    } else send(this.#renewal(client, 'grant'));
    this.#settle();
    return {
      client: client.id,
      lost: () => {
        // Another connection may have taken its place.
        if (client.send === send) this.#disconnected(client);
      },
    };
  }

  /** The answer to a client that asks how long it still has; null for one that is not known (any more). */
  renew(id: string): LeaseLine | null {
    const client = this.#clients.get(id);
    if (client === undefined) return null;
    const line = client.phase === 'waiting' ? (this.#grant(client) ?? this.#wait(client)) : this.#renewal(client, 'renew');
    this.#settle();
    return line;
  }

  /** A client says that its child is dead and that it will start none. False: it is not known. */
  ended(id: string): boolean {
    const isKnown = this.#clients.delete(id);
    this.#settle();
    return isKnown;
  }

  /** Something may have changed: leases begin and end here, and at each renewal. */
  look(): void {
    for (const client of this.#clients.values()) this.#lookAt(client, false);
    this.#settle();
  }

  stop(wish: StopWish, ended: (areDead: boolean) => void): void {
    const view = this.#parts.view();
    if (wish.scope === 'all') this.#stoppedIncarnation = wish.incarnation;
    else this.#stoppedToken = Math.max(this.#stoppedToken, view.leader(this.#parts.clock.nowMs(), this.#parts.clock.bootMs())?.token ?? -1);
    for (const client of this.#clients.values()) if (isMeant(client, wish) && client.phase === 'holding') this.#revoke(client);
    const until = instant(this.#parts.clock.nowMs() + wish.deadMs);
    this.#pending.push({ wish, until, ended, isLate: false });
    this.#settle();
  }

  /** Timers end; nothing is confirmed after it. */
  close(): void {
    this.#cancelTimer();
    this.#pending = [];
    this.#clients.clear();
  }

  checkInvariants(): void {
    for (const client of this.#clients.values()) {
      assert(client.phase !== 'waiting' || client.send !== null, 'a client without a connection waits for nothing');
    }
  }

  #add(scope: LeaseScope, reports: boolean): LeaseClient {
    const client: LeaseClient = {
      id: this.#parts.drawId(),
      scope,
      reports,
      send: null,
      phase: 'waiting',
      incarnation: 0,
      token: null,
      deadline: this.#parts.clock.nowMs(),
      toldReason: '',
    };
    this.#clients.set(client.id, client);
    return client;
  }

  #disconnected(client: LeaseClient): void {
    client.send = null;
    if (client.phase === 'waiting') this.#clients.delete(client.id);
    this.#settle();
  }

  #lookAt(client: LeaseClient, isRenewalDue: boolean): void {
    if (client.phase === 'waiting') {
      const told = client.toldReason;
      const line = this.#grant(client) ?? this.#wait(client);
      if (line.type !== 'wait' || line.reason !== told) client.send?.(line);
    } else if (client.phase === 'holding') {
      const remainingMs = this.#remainingMs(client);
      if (remainingMs === 0) this.#revoke(client);
      else if (isRenewalDue && client.send !== null) client.send(this.#handOut(client, 'renew', remainingMs));
    }
  }

  #grant(client: LeaseClient): LeaseHeld | null {
    const view = this.#parts.view();
    const remainingMs = this.#leaseMs(client.scope);
    if (remainingMs === 0) return null;
    client.phase = 'holding';
    client.incarnation = view.incarnation;
    client.token = client.scope === 'leader' ? this.#ownToken() : null;
    return this.#handOut(client, 'grant', remainingMs);
  }

  #renewal(client: LeaseClient, type: 'grant' | 'renew'): LeaseLine {
    const remainingMs = client.phase === 'holding' ? this.#remainingMs(client) : 0;
    if (remainingMs > 0) return this.#handOut(client, type, remainingMs);
    client.phase = 'stopping';
    return this.#notHeld(client, 'revoke');
  }

  // The deadline is noted before the line leaves: whatever becomes of the line, its reader cannot hold a later one.
  #handOut(client: LeaseClient, type: 'grant' | 'renew', remainingMs: number): LeaseHeld {
    const { name, timings } = this.#parts.view();
    client.deadline = instant(Math.max(client.deadline, this.#parts.clock.nowMs() + remainingMs));
    const { id, incarnation, token } = client;
    return { type, client: id, remainingMs, fenceMs: timings.fenceMs, stopMs: timings.stopMs, node: name, incarnation, token };
  }

  #revoke(client: LeaseClient): void {
    client.phase = 'stopping';
    client.send?.(this.#notHeld(client, 'revoke'));
  }

  #wait(client: LeaseClient): LeaseNotHeld {
    const line = this.#notHeld(client, 'wait');
    client.toldReason = line.reason;
    return line;
  }

  #notHeld({ id, scope }: LeaseClient, type: 'wait' | 'revoke'): LeaseNotHeld {
    const { name, timings } = this.#parts.view();
    return { type, client: id, remainingMs: 0, fenceMs: timings.fenceMs, stopMs: timings.stopMs, node: name, reason: this.#reason(scope) };
  }

  #reason(scope: LeaseScope): string {
    const view = this.#parts.view();
    const { clock } = this.#parts;
    if (view.standing === 'leaving' || view.standing === 'left') return `${view.name} is leaving`;
    if (!view.isQuorate(clock.nowMs(), clock.bootMs())) return view.fence?.message ?? `${view.name} is not quorate: ${view.standing}`;
    if (scope === 'quorate') return `${view.name} stops`;
    const leader = view.leader(clock.nowMs(), clock.bootMs());
    return leader === null ? 'there is no leader' : leader.isSelf ? `${view.name} gives up the leadership` : `${leader.name} leads`;
  }

  /** Of the very lease that this client was granted: 0 as soon as the node lives on under another one. */
  #remainingMs(client: LeaseClient): number {
    if (client.incarnation !== this.#parts.view().incarnation) return 0;
    if (client.scope === 'leader' && client.token !== this.#ownToken()) return 0;
    return this.#leaseMs(client.scope);
  }

  #leaseMs(scope: LeaseScope): number {
    const view = this.#parts.view();
    if (view.incarnation === this.#stoppedIncarnation) return 0;
    if (scope === 'leader' && this.#ownToken() === null) return 0;
    const { clock } = this.#parts;
    return Math.max(0, Math.floor(view.leaseRemainingMs(clock.nowMs(), clock.bootMs())));
  }

  #ownToken(): number | null {
    const { clock, view } = this.#parts;
    const leader = view().leader(clock.nowMs(), clock.bootMs());
    return leader?.isSelf === true && leader.token > this.#stoppedToken ? leader.token : null;
  }

  #settle(): void {
    const now = this.#parts.clock.nowMs();
    const { stopMs } = this.#parts.view().timings;
    for (const client of this.#clients.values()) {
      if (!holdsItsOwnDeadline(client) || now < client.deadline + stopMs) continue;
      if (client.send === null) this.#clients.delete(client.id);
      else client.phase = 'waiting';
    }
    const stillPending: PendingStop[] = [];
    const toTell: (() => void)[] = [];
    for (const stop of this.#pending) {
      const isAlive = [...this.#clients.values()].some((client) => client.phase !== 'waiting' && isMeant(client, stop.wish));
      if (!isAlive) toTell.push(() => stop.ended(true));
      else {
        stillPending.push(stop);
        if (stop.isLate || now < stop.until) continue;
        stop.isLate = true;
        toTell.push(() => stop.ended(false));
      }
    }
    this.#pending = stillPending;
    this.#arm(now, stopMs);
    // Last, because what is told may come back here.
    for (const tell of toTell) tell();
  }

  #arm(now: MonotonicMs, stopMs: number): void {
    this.#cancelTimer();
    let dueMs = Number.POSITIVE_INFINITY;
    for (const stop of this.#pending) if (!stop.isLate) dueMs = Math.min(dueMs, stop.until - now);
    for (const client of this.#clients.values()) {
      if (holdsItsOwnDeadline(client)) dueMs = Math.min(dueMs, client.deadline + stopMs - now);
      if (client.send !== null) dueMs = Math.min(dueMs, this.#renewalDue - now);
    }
    this.#cancelTimer = dueMs === Number.POSITIVE_INFINITY ? () => {} : this.#parts.after(Math.max(1, Math.ceil(dueMs)), this.#onTimer);
  }

  #renewLater(): void {
    this.#renewalDue = instant(this.#parts.clock.nowMs() + this.#parts.view().timings.fenceMs / RENEWALS_PER_LEASE);
  }

  readonly #onTimer = (): void => {
    const now = this.#parts.clock.nowMs();
    const isRenewalDue = now >= this.#renewalDue;
    if (isRenewalDue) this.#renewLater();
    for (const client of this.#clients.values()) this.#lookAt(client, isRenewalDue);
    this.#settle();
  };
}

/** Nobody will say that it is dead, but it is once its deadline + T_stop is over. */
function holdsItsOwnDeadline({ phase, reports, send }: LeaseClient): boolean {
  return phase !== 'waiting' && (send === null || (phase === 'stopping' && !reports));
}

function isMeant(client: LeaseClient, { scope }: StopWish): boolean {
  return scope === 'all' || client.scope === 'leader';
}
