// L3: whoever cannot exchange a word with a majority of its voters, by any way through any hosts, is not quorate T_fence later, has
// fenced itself after T_lag more, and runs nothing after another T_stop; all by its own clock. Nothing else that goes wrong
// excuses it but a suspended machine, on which nothing runs: it counts from its waking.
// A question may pass while one link is open and its answer later by another, so the links of all moments since count together; and
// whoever plays back what it captured is a way of its own, for what the network lost as well (proof 1980): nobody is isolated meanwhile.

import { CLOCK_RESOLUTION_MS, type Effect, type Input, type NodeId, type Timings } from '../../core/index.ts';
import type { Host } from '../host.ts';
import type { CheckedWorld, Checker } from './checker.ts';
import type { Records } from './records.ts';

/** The uptime is coarse, and a sum of instants is rounded. */
const ROUNDING_MS = 2 * CLOCK_RESOLUTION_MS;
interface Cut {
  readonly sinceMs: number;
  /** One for each pair (from, to) that was open at any moment since. */
  readonly open: Uint8Array;
}

/** Who reaches whom costs a look at every pair. */
const HOSTS_MAX = 24;

export class Isolation implements Checker {
  readonly rule = 'L3-isolated-means-fenced';
  readonly #world: CheckedWorld;
  readonly #records: Pick<Records, 'votersOf'>;
  readonly #timings: Timings;
  /** Of each host while it is isolated. */
  readonly #cut: (Cut | undefined)[] = [];
  #linksSeen = 0;

  constructor(world: CheckedWorld, records: Pick<Records, 'votersOf'>, timings: Timings) {
    this.#world = world;
    this.#records = records;
    this.#timings = timings;
  }

  started(): void {
    this.#look();
  }

  ended(host: Host): string | null {
    this.#cut[host.index] = undefined;
    this.#look();
    return null;
  }

  stepped(host: Host, _input: Input, _effects: readonly Effect[]): string | null {
    const { links, nowMs } = this.#world;
    if (links.changeCount !== this.#linksSeen || nowMs <= links.replayedUntilMs) this.#look();
    const cut = this.#cut[host.index];
    if (cut === undefined) return null;
    const { sinceMs } = cut;
    const { untilMs } = this.#world.leases.of(host);
    const tooLongMs = untilMs - sinceMs - this.#timings.fenceMs / host.clock.rate;
    // The record may have changed with this very step, and with it who is a majority.
    return tooLongMs > ROUNDING_MS && !this.#reachesMajority(host, cut.open)
      ? `is isolated, and its lease ends ${tooLongMs.toFixed(1)} ms after T_fence`
      : null;
  }

  polled(): string | null {
    this.#look();
    const { hosts, nowMs } = this.#world;
    const { fenceMs, lagMs, stopMs } = this.#timings;
    for (const host of hosts) {
      const sinceMs = this.#cut[host.index]?.sinceMs;
      if (sinceMs === undefined || host.isSuspended) continue;
      const isolatedMs = (nowMs - sinceMs) * host.clock.rate - ROUNDING_MS;
      const awakeMs = (nowMs - host.runningSinceMs) * host.clock.rate - ROUNDING_MS;
      if (host.isRunning && isolatedMs > fenceMs + lagMs && awakeMs > lagMs && host.process?.node.standing === 'quorate')
        return `${host.name} is isolated for ${isolatedMs.toFixed(0)} ms, and has not fenced itself`;
      if (isolatedMs > fenceMs + lagMs + stopMs && host.children.length > 0)
        return `${host.name} is isolated for ${isolatedMs.toFixed(0)} ms, and what it ran is not dead`;
    }
    return null;
  }

  #look(): void {
    const { hosts, links, nowMs } = this.#world;
    // Of two changes at once nobody knows what was open between them.
    if (links.changeCount > this.#linksSeen + 1) this.#cut.length = 0;
    this.#linksSeen = links.changeCount;
    if (hosts.length > HOSTS_MAX || nowMs <= links.replayedUntilMs || (links.isWhole && hosts.every((host) => host.process !== null))) {
      this.#cut.length = 0;
      return;
    }
    const open = this.#openNow();
    for (const host of hosts) {
      const known = this.#cut[host.index];
      if (host.isSuspended || this.#reachesMajority(host, open)) this.#cut[host.index] = undefined;
      else if (known === undefined || known.open.length !== open.length) this.#cut[host.index] = { sinceMs: nowMs, open: open.slice() };
      else {
        for (let i = 0; i < open.length; i++) if (open[i] === 1) known.open[i] = 1;
        if (this.#reachesMajority(host, known.open)) this.#cut[host.index] = { sinceMs: nowMs, open: open.slice() };
      }
    }
  }

  /** A process that stands still counts as open: it answers when it goes on, and that may be in this instant. */
  #openNow(): Uint8Array {
    const { hosts, links } = this.#world;
    const open = new Uint8Array(hosts.length * hosts.length);
    for (const from of hosts) {
      if (from.process === null) continue;
      for (const to of hosts) if (to.process !== null && !links.isCut(from.index, to.index)) open[from.index * hosts.length + to.index] = 1;
    }
    return open;
  }

  /**
   * Of the voters of its epoch, or of the one before, whose acks count a little longer (R6), or of a later one, which it may learn at any
   * moment. True where there is no telling.
   */
  #reachesMajority(host: Host, open: Uint8Array): boolean {
    const { hosts, identities } = this.#world;
    const node = host.process?.node;
    const cluster = node?.clusterId ?? null;
    const record = node?.record ?? null;
    if (cluster === null || record === null || this.#records.votersOf(cluster, record.epoch) === undefined) return true;
    const heard = closure(host.index, hosts.length, (at, other) => open[other * hosts.length + at] === 1);
    const hearing = closure(host.index, hosts.length, (at, other) => open[at * hosts.length + other] === 1);
    const isReached = (id: string): boolean => {
      const other = identities.get(id as NodeId)?.host;
      // A copied disk is at two places.
      return other !== undefined && ((heard.has(other.index) && hearing.has(other.index)) || other.isCopy);
    };
    for (let epoch = record.epoch - 1; ; epoch++) {
      const voters = this.#records.votersOf(cluster, epoch);
      if (voters === undefined && epoch > record.epoch) return false;
      if (voters !== undefined && voters.filter(isReached).length > voters.length / 2) return true;
    }
  }
}

function closure(start: number, count: number, isOpen: (at: number, other: number) => boolean): ReadonlySet<number> {
  const found = new Set([start]);
  // A set is walked in the order in which it grows.
  for (const at of found) for (let other = 0; other < count; other++) if (isOpen(at, other)) found.add(other);
  return found;
}
