// I2 and I3: at most one record per version of a cluster, on any node, ever; versions step by one; condemned, floor and token
// only grow; quorums of neighbouring epochs intersect (here by enumeration, in core/ by arithmetic); voter changes lie at least
// T_dwell/(1+ρ) apart. Records are seen when a node hands them to its disk, so before they can matter.

import { CLOCK_RATE_ERROR, type ClusterRecord, type Effect, type Input, type Timings } from '../../core/index.ts';
import type { Host } from '../host.ts';
import type { CheckedWorld, Checker } from './checker.ts';

interface Known {
  readonly record: ClusterRecord;
  readonly text: string;
  readonly firstMs: number;
}

interface Epoch {
  readonly voters: readonly string[];
  /** Whether each majority of them meets each of the next epoch's; null until somebody asks. */
  meetsNext: boolean | null;
}

export class Records implements Checker {
  readonly rule = 'I2-I3-one-chain-of-records';
  readonly #world: CheckedWorld;
  readonly #dwellMs: number;
  readonly #seen = new WeakSet<ClusterRecord>();
  readonly #chains = new Map<string, Map<number, Known>>();
  readonly #epochs = new Map<string, Map<number, Epoch>>();

  constructor(world: CheckedWorld, timings: Timings) {
    this.#world = world;
    this.#dwellMs = timings.dwellMs / (1 + CLOCK_RATE_ERROR);
  }

  /** The voters of an epoch of a cluster, once any node held it. */
  votersOf(cluster: string, epoch: number): readonly string[] | undefined {
    return this.#epochs.get(cluster)?.get(epoch)?.voters;
  }

  /** Of two epochs that follow each other, in either order; false while the voters of one are not known. */
  doMajoritiesMeet(cluster: string, a: number, b: number): boolean {
    const epochs = this.#epochs.get(cluster);
    const earlier = epochs?.get(Math.min(a, b));
    const later = epochs?.get(Math.max(a, b));
    if (earlier === undefined || later === undefined) return false;
    earlier.meetsNext ??= intersectByEnumeration(earlier.voters, later.voters);
    return earlier.meetsNext;
  }

  recordOf(cluster: string, version: number): ClusterRecord | undefined {
    return this.#chains.get(cluster)?.get(version)?.record;
  }

  stepped(_host: Host, _input: Input, effects: readonly Effect[]): string | null {
    for (let i = 0; i < effects.length; i++) {
      const effect = effects[i]!;
      if (effect.kind !== 'persist') continue;
      const { record, clusterId } = effect.state;
      if (record === null || clusterId === null || this.#seen.has(record)) continue;
      this.#seen.add(record);
      const problem = this.#add(clusterId, record);
      if (problem !== null) return problem;
    }
    return null;
  }

  #add(cluster: string, record: ClusterRecord): string | null {
    let chain = this.#chains.get(cluster);
    if (chain === undefined) {
      chain = new Map();
      this.#chains.set(cluster, chain);
    }
    const text = JSON.stringify(record);
    const known = chain.get(record.version);
    if (known !== undefined) return known.text === text ? null : `version ${record.version} is ${text} here and ${known.text} elsewhere`;
    const added = { record, text, firstMs: this.#world.nowMs };
    chain.set(record.version, added);
    this.#noteVoters(cluster, record);
    const before = chain.get(record.version - 1);
    if (before === undefined) return record.version === 1 || chain.size === 1 ? null : `version ${record.version} has no version before it`;
    return this.#step(chain, before, added);
  }

  #noteVoters(cluster: string, { epoch, voters }: ClusterRecord): void {
    let epochs = this.#epochs.get(cluster);
    if (epochs === undefined) {
      epochs = new Map();
      this.#epochs.set(cluster, epochs);
    }
    epochs.set(epoch, { voters: voters.map(({ id }) => id), meetsNext: null });
    const before = epochs.get(epoch - 1);
    if (before !== undefined) before.meetsNext = null;
  }

  #step(chain: ReadonlyMap<number, Known>, { record: a }: Known, { record: b, firstMs }: Known): string | null {
    const step = `from version ${a.version} to ${b.version}`;
    if (b.floor < a.floor) return `${step} the floor falls`;
    for (const { id, incarnation } of a.condemned) {
      const kept = b.condemned.find((entry) => entry.id === id);
      if (kept === undefined ? b.floor < incarnation : kept.incarnation < incarnation)
        return `${step} the condemnation of ${id} is taken back`;
    }
    if (a.leader !== null && b.leader !== null && b.leader.token < a.leader.token) return `${step} the token falls`;
    if (b.profile !== a.profile || b.maxVoters !== a.maxVoters) return `${step} timings or the maximum of voters change`;
    const votersA = a.voters.map(({ id, storeId }) => `${id} ${storeId}`);
    const votersB = b.voters.map(({ id, storeId }) => `${id} ${storeId}`);
    if (votersA.join() === votersB.join()) return b.epoch === a.epoch ? null : `${step} the epoch changes and the voters do not`;
    if (b.epoch !== a.epoch + 1) return `${step} the voters change and the epoch goes from ${a.epoch} to ${b.epoch}`;
    if (!intersectByEnumeration(votersA, votersB)) return `${step} a majority of ${votersA.length} voters misses one of ${votersB.length}`;
    const sinceMs = this.#firstOfEpoch(chain, a.epoch);
    if (sinceMs === null || firstMs - sinceMs >= this.#dwellMs) return null;
    return `${step} the voters change ${(firstMs - sinceMs).toFixed(0)} ms after epoch ${a.epoch} began`;
  }

  // Null when it began before anything was watched: the genesis.
  #firstOfEpoch(chain: ReadonlyMap<number, Known>, epoch: number): number | null {
    if (epoch === 1) return null;
    let firstMs = Number.POSITIVE_INFINITY;
    for (const known of chain.values()) if (known.record.epoch === epoch) firstMs = Math.min(firstMs, known.firstMs);
    return firstMs;
  }
}

/** Every majority of one against every majority of the other. Only for as many voters as simulations have. */
function intersectByEnumeration(a: readonly string[], b: readonly string[]): boolean {
  const all = [...new Set([...a, ...b])];
  const majorities = (voters: readonly string[]): number[] => {
    const bits = voters.map((voter) => 1 << all.indexOf(voter));
    const found: number[] = [];
    for (let mask = 0; mask < 1 << bits.length; mask++) {
      let count = 0;
      let set = 0;
      for (let i = 0; i < bits.length; i++) {
        if (((mask >>> i) & 1) === 0) continue;
        count += 1;
        set |= bits[i]!;
      }
      // Least majorities are enough: every other one holds one of them.
      if (count === Math.floor(bits.length / 2) + 1) found.push(set);
    }
    return found;
  };
  const ofB = majorities(b);
  return majorities(a).every((one) => ofB.every((other) => (one & other) !== 0));
}
