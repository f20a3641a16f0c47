// One run of a row: a world, a census of it, and the words in which a row says what happens in it and what of that is measured.
// What is inflicted here is known to the census: who is ill of it, and until when.

import { createNode, Directory, type MonotonicMs, type Node, type NodeOptions, type Random } from '../../core/index.ts';
import { Census, type Figures } from '../census/index.ts';
import { type Harm, inflict } from '../faults.ts';
import type { Host } from '../host.ts';
import { range } from '../scenes/index.ts';
import { stand } from '../standing.ts';
import { World } from '../world.ts';

const VOTERS = 7;
/** How exactly it is known when all agreed. */
const LOOK_MS = 20;
const SLICE_MS = 500;

export interface TrialHooks {
  /** Another node than the core's, for tests of the measurement itself. */
  readonly createNode?: (options: NodeOptions, now: MonotonicMs) => Node;
}

export class Trial {
  readonly world: World;
  readonly census: Census;
  readonly random: Random;
  readonly nodes: number;
  #waits = 0;
  #endMs = 0;

  constructor(seed: number, nodes: number, hooks: TrialHooks = {}) {
    this.nodes = nodes;
    this.world = new World({
      seed,
      profile: 'lan',
      hasWorkloads: false,
      rules: 'few',
      createNode: hooks.createNode ?? createNode,
      directory: new Directory({ isShared: true }),
      narrate: null,
    });
    this.census = new Census(this.world);
    this.world.watcher = this.census;
    this.random = this.world.chance('trial');
  }

  get voterCount(): number {
    return Math.min(VOTERS, this.nodes);
  }

  /** All members of the row know each other already. */
  stand(): void {
    stand(this.world, this.nodes, this.voterCount);
  }

  at(ms: number, action: () => void): void {
    this.world.scheduler.at(ms, action);
  }

  /** Everything before is not measured. */
  measureFrom(ms: number): void {
    this.at(ms, () => this.census.begin());
  }

  /** It goes on until then, and longer while something is awaited. */
  endAt(ms: number): void {
    this.#endMs = ms;
  }

  /** Members by chance, of whom so few vote that the rest is a majority. */
  some(count: number): number[] {
    const order = new Uint32Array(this.nodes);
    for (let i = 0; i < this.nodes; i++) order[i] = i;
    this.random.shuffle(order, this.nodes);
    let votersLeft = Math.floor((this.voterCount - 1) / 2);
    const chosen: number[] = [];
    for (const index of order) {
      if (chosen.length === count) break;
      if (index < this.voterCount && votersLeft-- <= 0) continue;
      chosen.push(index);
    }
    return chosen.sort((a, b) => a - b);
  }

  others(than: readonly number[]): number[] {
    const set = new Set(than);
    return range(0, this.nodes).filter((index) => !set.has(index));
  }

  /** kill -9, all in one instant, for good. */
  crash(ms: number, victims: readonly number[]): void {
    this.at(ms, () => {
      const hosts = victims.map((index) => this.#host(index));
      for (const host of hosts) {
        this.census.health.fallIll(host.index);
        host.crash();
      }
      this.census.died(hosts);
    });
  }

  /** `ill`: whom it is no wonder to think ill of meanwhile. */
  afflict(startMs: number, endMs: number, harm: Harm, ill: readonly number[]): void {
    this.at(startMs, () => {
      for (const index of ill) this.census.health.fallIll(index);
    });
    inflict(this.world, { startMs, endMs, harm });
    this.at(endMs, () => {
      for (const index of ill) this.census.health.recover(index, this.world.nowMs);
    });
  }

  /** Everyone's process at once, with its disk; up again within a second, and never to be blamed for it later. */
  restartAll(ms: number, how: 'killed' | 'power'): void {
    this.at(ms, () => {
      for (const host of this.world.hosts) {
        if (how === 'power') host.losePower();
        else host.crash();
        this.census.health.fallIll(host.index);
      }
    });
    for (const index of range(0, this.nodes)) {
      this.at(ms + 1000 * this.random.unit(), () => {
        this.#host(index).start();
        this.census.health.recover(index, this.world.nowMs);
      });
    }
  }

  /** Looks from then on until every list shows exactly all that run, alive. */
  awaitAgreement(fromMs: number, latestMs: number): void {
    // Suspects are not counted among the alive.
    const showsAll = (host: Host, running: number): boolean => host.process?.node.counts(host.clock.nowMs()).alive === running;
    this.#await(fromMs, latestMs, showsAll, (tookMs) => this.census.allShown(tookMs));
  }

  awaitQuorate(fromMs: number, latestMs: number): void {
    const isQuorate = (host: Host): boolean => host.process?.node.isQuorate(host.clock.nowMs(), host.clock.bootMs()) === true;
    this.#await(fromMs, latestMs, isQuorate, (tookMs) => this.census.allQuorate(tookMs));
  }

  play(): Figures {
    const { world } = this;
    for (let untilMs = SLICE_MS; untilMs <= this.#endMs || this.#waits > 0; untilMs += SLICE_MS) {
      world.run(untilMs);
      if (world.violation !== null) break;
    }
    return this.census.figures();
  }

  #await(fromMs: number, latestMs: number, holds: (host: Host, running: number) => boolean, done: (tookMs: number | null) => void): void {
    this.#waits += 1;
    // Whoever was not as it should be when it was looked at last: mostly it still is not, and nobody else has to be asked.
    let straggler = 0;
    const look = (): void => {
      const { hosts, nowMs } = this.world;
      let running = 0;
      for (let i = 0; i < hosts.length; i++) if (hosts[i]!.process !== null) running += 1;
      let hold = 0;
      while (hold < hosts.length && holds(hosts[(straggler + hold) % hosts.length]!, running)) hold += 1;
      straggler = (straggler + hold) % hosts.length;
      if (hold < hosts.length && nowMs < latestMs) {
        this.world.scheduler.schedule(LOOK_MS, look);
        return;
      }
      this.#waits -= 1;
      done(hold < hosts.length ? null : nowMs - fromMs);
    };
    this.at(fromMs, look);
  }

  #host(index: number): Host {
    return this.world.hosts[index]!;
  }
}
