// What a benchmark asks of a cluster, whoever's agents it is made of: start, kill, restart, leave, ask, watch.
// How the agents do that is the business of quorate-cluster.ts and serf-cluster.ts; what is measured with it, of the trials.

import { setTimeout as pause } from 'node:timers/promises';
import { sharedNowMs } from '../../support/one-clock.ts';
import type { Conversation } from './asking.ts';

/** Every agent has a loopback address of its own, and this port on it. */
export const PORT = 7946;

export interface Peer {
  readonly name: string;
  readonly address: string;
  readonly pid: number;
}

export interface Sighting {
  readonly kind: 'suspect' | 'failed' | 'left' | 'fenced';
  readonly member: string;
  /** On the shared clock, when it was heard here. */
  readonly atMs: number;
}

/** What one agent tells from the opening on. */
export interface Watch {
  readonly sightings: readonly Sighting[];
  close(): void;
}

export interface Offices {
  /** Null where there is no such thing. */
  readonly leader: string | null;
  readonly voters: ReadonlySet<string>;
}

export interface Cluster {
  /** What its agents tell at all. */
  readonly tells: ReadonlySet<Sighting['kind']>;
  /** Those that run. */
  readonly peers: readonly Peer[];
  /** Starts `count` agents, n1 the seed of all others; resolves when the last process is there. */
  start(count: number): Promise<void>;
  /** How many members an agent shows alive; 0 until it can be asked. */
  aliveShown(peer: Peer): Promise<number>;
  /** Until whatever an agent still has to take up after everyone has come is taken up. */
  grown(): Promise<void>;
  offices(): Promise<Offices>;
  watch(peer: Peer): Promise<Watch>;
  /** As `kill -9`. */
  kill(peer: Peer): Promise<void>;
  /** One that was killed, under the same name, at the same address, with what it had on disk. */
  restart(peer: Peer): Promise<Peer>;
  /** Resolves when the wish is accepted. */
  leave(peer: Peer): Promise<void>;
  conversation(peer: Peer): Promise<Conversation>;
  /** The words that list the members once, from a shell. */
  membersCommand(peer: Peer): readonly [program: string, ...args: string[]];
  /** A sentence for each of `peers` whose process has ended by itself. */
  lost(): readonly string[];
  close(): Promise<void>;
}

const PATIENCE_MS = 180_000;

/** Asks one agent at a time, and each no more once it shows all: asking must not slow down what is measured. */
export async function allSeeAll(cluster: Cluster, betweenMs: number): Promise<void> {
  const deadlineMs = sharedNowMs() + PATIENCE_MS;
  const count = cluster.peers.length;
  for (const peer of cluster.peers) {
    for (;;) {
      const alive = await cluster.aliveShown(peer);
      if (alive === count) break;
      if (sharedNowMs() > deadlineMs) throw new Error(`${peer.name} shows ${alive} of ${count} alive`);
      await pause(betweenMs);
    }
  }
}

export async function until(what: string | (() => string), question: () => boolean | Promise<boolean>, betweenMs = 20): Promise<void> {
  const deadlineMs = sharedNowMs() + PATIENCE_MS;
  while (!(await question())) {
    if (sharedNowMs() > deadlineMs) throw new Error(`waited in vain until ${typeof what === 'string' ? what : what()}`);
    await pause(betweenMs);
  }
}
