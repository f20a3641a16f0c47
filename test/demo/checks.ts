// What must hold when the demo is over, judged from what was stamped while it ran. Nothing here starts or asks anything.

import type { EventWatch } from '../support/event-watch.ts';
import { type Life, overlapMs } from '../support/worker-watch.ts';

export interface Check {
  readonly name: string;
  readonly found: string;
  readonly holds: boolean;
}

/** One change of who works: what ended, and what could only begin afterwards. All on the shared clock. */
export interface TakeOver {
  readonly what: string;
  /** The old leader had told that it is fenced; null where it was killed and could tell nothing. */
  readonly fencedAtMs: number | null;
  readonly workerDeadAtMs: number;
  /** The first of the others to name another leader. */
  readonly namedAtMs: number;
  readonly nextWorkerAtMs: number;
}

/** Both views of the same thing: how long the processes lived, and what the shared file holds. */
export function neverTwoWorkers(lives: readonly Life[], sharedFile: string, nowMs: number): Check {
  const written = livesIn(sharedFile);
  const overlap = Math.max(overlapMs(lives, nowMs), overlapMs(written, nowMs));
  // One line between two of another's has no length, and is one too many.
  const isInTurn = written.every((life, i) => i === 0 || life.startedAtMs > written[i - 1]!.endedAtMs!);
  return { name: 'two workers at once', found: `${(overlap / 1000).toFixed(1)} s`, holds: overlap === 0 && isInTurn };
}

export function positiveMargins(takeOvers: readonly TakeOver[]): Check {
  const margins = takeOvers.map(({ fencedAtMs, workerDeadAtMs, namedAtMs, nextWorkerAtMs }) => {
    const overAtMs = Math.max(fencedAtMs ?? workerDeadAtMs, workerDeadAtMs);
    return Math.min(namedAtMs, nextWorkerAtMs) - overAtMs;
  });
  const found = takeOvers.map(({ what }, i) => `${what} ${Math.round(margins[i]!)} ms`).join(', ');
  return { name: 'margin between fenced and take-over', found, holds: margins.length > 0 && margins.every((marginMs) => marginMs > 0) };
}

export function healedWithoutRestart(pidsBefore: readonly number[], pidsAfter: readonly number[]): Check {
  const holds = pidsBefore.length === pidsAfter.length && pidsBefore.every((pid, i) => pid === pidsAfter[i]);
  return { name: 'healed without restart', found: holds ? 'the same processes, all quorate' : 'an agent is another process', holds };
}

/** Ids of one run follow each other without a gap. */
export function noEventLost(watches: readonly EventWatch[]): Check {
  let [count, missing] = [0, 0];
  for (const { seen } of watches) {
    count += seen.length;
    seen.forEach(({ event }, i) => {
      const previous = seen[i - 1];
      if (event.type === 'lost' || (previous !== undefined && event.id !== previous.event.id + 1)) missing++;
    });
  }
  return {
    name: 'no event lost',
    found: missing === 0 ? `${count} told, ${count} heard` : `${missing} gaps in ${count}`,
    holds: missing === 0,
  };
}

/** Lines of children/worker.mjs: when, name, pid. A worker was there from its first line to its last; in order of the first. */
function livesIn(sharedFile: string): Life[] {
  const lives = new Map<string, Life>();
  for (const line of sharedFile.split('\n')) {
    const [at, name, pid] = line.split(' ');
    if (at === undefined || name === undefined || pid === undefined) continue;
    const atMs = Number(at);
    const life = lives.get(pid);
    if (life === undefined) lives.set(pid, { name, pid: Number(pid), token: null, startedAtMs: atMs, endedAtMs: atMs });
    else life.endedAtMs = atMs;
  }
  return [...lives.values()];
}
