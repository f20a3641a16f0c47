// The state directory of one host: survives the process, not a wipe.
// Rule kept: a save is durable some time before it is reported so; a crash in between leaves the new state that nobody was
// told of, a crash before leaves the old one. Never anything between the two (the real store's rename sees to that).

import type { Store } from '../agent/ports.ts';
import type { Address, ClusterRecord, DurableState, Random } from '../core/index.ts';
import type { Scheduler } from './scheduler.ts';

/** What the next writes meet. */
export type DiskHealth = 'good' | 'slow' | 'read-only' | 'full';

const GOOD_WRITE_MS = { from: 0.2, to: 12 } as const;
const SLOW_WRITE_MS = { from: 200, to: 4000 } as const;
const REPORT_MS = { from: 0.05, to: 4 } as const;

export class Disk implements Store {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  #durable: DurableState | null = null;
  #peers: readonly Address[] = [];
  // Writes of a process that died are dropped by its number.
  #opening = 0;
  #lastReportMs = 0;
  health: DiskHealth = 'good';
  failedWriteCount = 0;
  /** Told of each write that is about to be durable, and once it is and nobody knows. */
  onWrite: ((stage: 'before' | 'after') => void) | null = null;

  constructor(scheduler: Scheduler, random: Random) {
    this.#scheduler = scheduler;
    this.#random = random;
  }

  /** What a start would read now. */
  get durable(): DurableState | null {
    return this.#durable;
  }

  get peers(): readonly Address[] {
    return this.#peers;
  }

  save(state: DurableState, done: (problem: string | null) => void): void {
    const opening = this.#opening;
    const range = this.health === 'slow' ? SLOW_WRITE_MS : GOOD_WRITE_MS;
    // One at a time, in order: a write starts when the one before it was reported.
    const writtenMs = Math.max(this.#scheduler.nowMs, this.#lastReportMs) + this.#random.between(range.from, range.to);
    const reportedMs = writtenMs + this.#random.between(REPORT_MS.from, REPORT_MS.to);
    this.#lastReportMs = reportedMs;
    let problem: string | null = null;
    this.#scheduler.at(writtenMs, () => {
      if (opening !== this.#opening) return;
      this.onWrite?.('before');
      if (opening !== this.#opening) return;
      problem = problemOf(this.health);
      if (problem !== null) {
        this.failedWriteCount += 1;
        return;
      }
      this.#durable = state;
      this.onWrite?.('after');
    });
    this.#scheduler.at(reportedMs, () => {
      if (opening === this.#opening) done(problem);
    });
  }

  rememberPeers(addresses: readonly Address[]): void {
    if (problemOf(this.health) === null) this.#peers = addresses.slice();
  }

  /** What a backup holds: the state as it is now, or was at an earlier call. */
  restore(state: DurableState): void {
    this.crash();
    this.#durable = state;
  }

  /** The process died: what it had asked for and is not durable yet never will be. */
  crash(): void {
    this.#opening += 1;
    this.#lastReportMs = 0;
  }

  wipe(): void {
    this.crash();
    this.#durable = null;
    this.#peers = [];
  }
}

function problemOf(health: DiskHealth): string | null {
  switch (health) {
    case 'good':
    case 'slow':
      return null;
    case 'read-only':
      return 'EROFS: read-only file system';
    case 'full':
      return 'ENOSPC: no space left on device';
  }
}

/** Whether a majority of the voters has its disk still: beyond that nothing is promised (README, what is not promised). */
export function majorityKeeps({ voters }: ClusterRecord, disks: readonly Disk[]): boolean {
  const kept = voters.filter(({ id, storeId }) => disks.some(({ durable }) => durable?.id === id && durable.storeId === storeId));
  return kept.length > voters.length / 2;
}
