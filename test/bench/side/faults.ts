// What befalls a cluster, and who tells what of it: a crash, a leave, a pause, a machine without a free core.

import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { sharedNowMs } from '../../support/one-clock.ts';
import { median } from '../figure.ts';
import { allSeeAll, type Cluster, type Peer, type Sighting, until, type Watch } from './cluster.ts';
import { startHelper } from './helper.ts';
import type { Measured } from './rows.ts';
import type { Stage } from './trials.ts';

const PAUSE_MS = 3000;
const EARLIER_MS = 300;
/** Records with other voters are a dwell apart, and a voter's leave is one: longer than that. */
const DWELL_MS = { full: 6000, quick: 500 };
/** What is said wrongly is said by then: longer than any verdict here takes. */
const AFTERMATH_MS = { full: 9000, quick: 2000 };

/** Ears at every agent, and all that they heard. */
class Ears {
  readonly #watches = new Map<string, Watch>();

  static async at(cluster: Cluster): Promise<Ears> {
    const ears = new Ears();
    for (const peer of cluster.peers) await ears.open(cluster, peer);
    // What was said before is not heard any more.
    await pause(EARLIER_MS);
    return ears;
  }

  async open(cluster: Cluster, peer: Peer): Promise<void> {
    this.#watches.get(peer.name)?.close();
    this.#watches.set(peer.name, await cluster.watch(peer));
  }

  drop(peer: Peer): void {
    this.#watches.get(peer.name)?.close();
    this.#watches.delete(peer.name);
  }

  close(): void {
    for (const watch of this.#watches.values()) watch.close();
  }

  all(kind: Sighting['kind'], sinceMs: number): Sighting[] {
    return [...this.#watches.values()].flatMap(({ sightings }) => sightings.filter((one) => one.kind === kind && one.atMs >= sinceMs));
  }

  /** When each agent told it first of that member; undefined where it has not. */
  firsts(kind: Sighting['kind'], member: string, sinceMs: number): (number | undefined)[] {
    return [...this.#watches.values()].map(
      ({ sightings }) => sightings.find((one) => one.kind === kind && one.member === member && one.atMs >= sinceMs)?.atMs,
    );
  }

  async allHear(kind: Sighting['kind'], member: string, sinceMs: number): Promise<number[]> {
    const firsts = (): (number | undefined)[] => this.firsts(kind, member, sinceMs);
    await until(
      () => `all tell ${kind} of ${member}; ${firsts().filter((one) => one === undefined).length} do not`,
      () => firsts().every((one) => one !== undefined),
    );
    return firsts().map((one) => one!);
  }
}

/** `kill -9` of one that does not lead, seen by all others; medians over several, each of which comes back in between. */
export async function crashes({ cluster, scale }: Stage): Promise<Measured> {
  const took = { suspectFirst: [] as number[], suspectLast: [] as number[], failedFirst: [] as number[], failedLast: [] as number[] };
  let wrong = 0;
  const ears = await Ears.at(cluster);
  try {
    const rounds = scale === 'full' ? 5 : 1;
    for (let round = 0; round < rounds; round++) {
      const victim = await someFollower(cluster, round / rounds);
      ears.drop(victim);
      const startMs = sharedNowMs();
      await cluster.kill(victim);
      const failed = await ears.allHear('failed', victim.name, startMs);
      // Who was told of the verdict first had no time to suspect.
      const suspected = ears.firsts('suspect', victim.name, startMs).map((atMs, i) => Math.min(atMs ?? failed[i]!, failed[i]!));
      took.suspectFirst.push(Math.min(...suspected) - startMs);
      took.suspectLast.push(Math.max(...suspected) - startMs);
      took.failedFirst.push(Math.min(...failed) - startMs);
      took.failedLast.push(Math.max(...failed) - startMs);
      wrong += ears.all('failed', startMs).filter(({ member }) => member !== victim.name).length;
      const back = await cluster.restart(victim);
      await calm(cluster);
      await ears.open(cluster, back);
      // So that the next one does not always fall into the same part of a round.
      await pause(1000 + 370 * round);
    }
  } finally {
    ears.close();
  }
  const seconds = (ms: readonly number[]): number => median(ms) / 1000;
  return {
    ...(cluster.tells.has('suspect') ? { suspectFirstS: seconds(took.suspectFirst), suspectLastS: seconds(took.suspectLast) } : {}),
    failedFirstS: seconds(took.failedFirst),
    failedLastS: seconds(took.failedLast),
    crashWrong: wrong,
  };
}

/** None comes back, so this is the last that is done to a cluster. */
export async function leaves({ cluster, scale }: Stage): Promise<Measured> {
  const tookMs: number[] = [];
  const ears = await Ears.at(cluster);
  try {
    for (let round = 0; round < (scale === 'full' ? 3 : 1); round++) {
      await cluster.grown();
      await pause(DWELL_MS[scale]);
      const leaver = await someFollower(cluster, (round + 0.5) / 3);
      ears.drop(leaver);
      const startMs = sharedNowMs();
      await cluster.leave(leaver);
      tookMs.push(Math.max(...(await ears.allHear('left', leaver.name, startMs))) - startMs);
    }
  } finally {
    ears.close();
  }
  return { leaveLastS: median(tookMs) / 1000 };
}

/** One stands still for a while, as a virtual machine that is moved: first the leader, where there is one, then others. */
export async function standstill({ cluster, scale }: Stage): Promise<Measured> {
  let [failed, suspects] = [0, 0];
  const ears = await Ears.at(cluster);
  try {
    const rounds = scale === 'full' ? 3 : 1;
    for (let round = 0; round < rounds; round++) {
      const one = round === 0 ? await leaderOrFirst(cluster) : await someFollower(cluster, (round + 0.3) / rounds);
      const startMs = sharedNowMs();
      process.kill(one.pid, 'SIGSTOP');
      try {
        await pause(PAUSE_MS);
      } finally {
        process.kill(one.pid, 'SIGCONT');
      }
      await pause(AFTERMATH_MS[scale]);
      failed += ears.all('failed', startMs).length;
      suspects += ears.all('suspect', startMs).filter(({ member }) => member !== one.name).length;
      await calm(cluster);
    }
  } finally {
    ears.close();
  }
  return { pauseFailed: failed, ...(cluster.tells.has('suspect') ? { pauseWrongSuspects: suspects } : {}) };
}

/** As many processes as cores that never sleep, at the agents' own priority. */
export async function fullLoad({ cluster, scale }: Stage): Promise<Measured> {
  const ears = await Ears.at(cluster);
  const startMs = sharedNowMs();
  const spinners = Array.from({ length: availableParallelism() }, () => startHelper('for (;;);'));
  await pause(scale === 'full' ? 20_000 : 3000);
  await Promise.all(spinners.map((spinner) => spinner.end()));
  await pause(AFTERMATH_MS[scale]);
  const count = (kind: Sighting['kind']): number => ears.all(kind, startMs).length;
  const figures: Measured = {
    loadFailed: count('failed'),
    ...(cluster.tells.has('suspect') ? { loadWrongSuspects: count('suspect') } : {}),
    ...(cluster.tells.has('fenced') ? { loadFences: count('fenced') } : {}),
  };
  ears.close();
  await calm(cluster);
  return figures;
}

/** Nothing of the last round is left. */
async function calm(cluster: Cluster): Promise<void> {
  await allSeeAll(cluster, 50);
  await cluster.grown();
}

async function leaderOrFirst(cluster: Cluster): Promise<Peer> {
  const { leader } = await cluster.offices();
  return cluster.peers.find(({ name }) => name === leader) ?? cluster.peers[0]!;
}

/** Spread over all, voters and others; never the leader. */
async function someFollower(cluster: Cluster, share: number): Promise<Peer> {
  const { leader } = await cluster.offices();
  const followers = cluster.peers.filter(({ name }) => name !== leader);
  return followers[Math.floor(share * followers.length)]!;
}
