// Tables of a few sick members among many healthy ones: Lifeguard's, whose processes stall, and Rapid's, whose networks are bad. What counts
// is that nobody healthy is thought ill of.

import { nobodyWronged, type Row, sizes, type Table } from './table.ts';
import type { Trial } from './trial.ts';

const SICK_MS = 15_000;
const STALL_MS = { from: 1000, to: 30_000 } as const;
const PAUSE_MS = { from: 1000, to: 10_000 } as const;
const FLIP_MS = 20_000;
/** After the last of it: what came of it is told. */
const AFTER_MS = 10_000;

function stall(trial: Trial, ill: readonly number[], untilMs: number): void {
  for (const host of ill) {
    let atMs = SICK_MS + trial.random.between(0, PAUSE_MS.to);
    while (atMs < untilMs) {
      const endMs = Math.min(untilMs, atMs + trial.random.between(STALL_MS.from, STALL_MS.to));
      trial.afflict(atMs, endMs, { kind: 'pause', host }, [host]);
      atMs = endMs + trial.random.between(PAUSE_MS.from, PAUSE_MS.to);
    }
  }
}

export const lifeguard: Table = {
  name: 'lifeguard',
  story: 'some of 128 members stall for 1 to 30 s, again and again',
  note: 'stalls of 1 to 30 s with 1 to 10 s between them, at most a minority of the voters among them; wrong is what is thought of those that do not stall',
  isHuge: false,
  rows(options) {
    const lengthMs = options.isQuick ? 30_000 : 180_000;
    return sizes(options, [128], [12]).flatMap((nodes) =>
      [1, 4, 8, 16, 32]
        .filter((count) => count <= nodes / 3)
        .map((count) => ({
          label: `${count} of ${nodes} stall`,
          nodes,
          runs: 2,
          claims: [nobodyWronged],
          play(trial: Trial) {
            trial.stand();
            trial.measureFrom(SICK_MS);
            stall(trial, trial.some(count), SICK_MS + lengthMs);
            trial.endAt(SICK_MS + lengthMs + AFTER_MS);
          },
        })),
    );
  },
};

type Sickness = (trial: Trial, ill: readonly number[], untilMs: number) => void;

const SICKNESSES: readonly (readonly [label: string, inflict: Sickness])[] = [
  [
    '80 % loss both ways',
    (trial, ill, untilMs) => {
      const others = trial.others(ill);
      trial.afflict(SICK_MS, untilMs, { kind: 'loss', from: ill, to: others, probability: 0.8 }, ill);
      trial.afflict(SICK_MS, untilMs, { kind: 'loss', from: others, to: ill, probability: 0.8 }, []);
    },
  ],
  [
    'cut off 20 s of 40 s',
    (trial, ill, untilMs) => {
      for (let atMs = SICK_MS; atMs < untilMs; atMs += 2 * FLIP_MS)
        trial.afflict(atMs, Math.min(untilMs, atMs + FLIP_MS), { kind: 'partition', side: ill, otherSide: trial.others(ill) }, ill);
    },
  ],
  ['hear nobody', (trial, ill, untilMs) => trial.afflict(SICK_MS, untilMs, { kind: 'one-way', from: trial.others(ill), to: ill }, ill)],
];

export const rapid: Table = {
  name: 'rapid',
  story: 'one in a hundred members has a bad network: 80 % loss, cut off every other 20 s, or deaf',
  note: 'at most a minority of the voters among the sick; wrong is what is thought of all others',
  isHuge: false,
  rows(options) {
    const lengthMs = options.isQuick ? 30_000 : 120_000;
    return sizes(options, [1000], [20]).flatMap((nodes) =>
      SICKNESSES.map(([label, inflict]): Row => {
        const count = Math.max(1, Math.round(nodes / 100));
        return {
          label: `${count} of ${nodes}: ${label}`,
          nodes,
          runs: 1,
          claims: [nobodyWronged],
          play(trial) {
            trial.stand();
            trial.measureFrom(SICK_MS);
            inflict(trial, trial.some(count), SICK_MS + lengthMs);
            trial.endAt(SICK_MS + lengthMs + AFTER_MS);
          },
        };
      }),
    );
  },
};
