// Tables of clusters that come back: after a restart of everyone, after a long partition.

import { allQuorate, allShown, nobodyWronged, sizes, type Table } from './table.ts';
import type { Trial } from './trial.ts';

const CALM_MS = 15_000;
/** Past the minute after which members write down where others are. */
const RESTART_MS = 45_000;
const BACK_MS_MAX = 120_000;
/** Opinions of those ten minutes may linger; those of the time after are wrong. */
const AFTER_MS = 30_000;
const MAJORITY = 0.6;

export const restart: Table = {
  name: 'restart',
  story: 'all processes end in one instant and start again within a second, with their disks and no seeds',
  note: 'times from that instant; killed: R13 has each be silent for T_fail, for its workloads may have outlived it; after a loss of power it need not',
  isHuge: false,
  rows(options) {
    return sizes(options, [10, 100, 1000], [5]).flatMap((nodes) =>
      (['power', 'killed'] as const).map((how) => ({
        label: `${nodes} ${how === 'power' ? 'lose power' : 'are killed'}`,
        nodes,
        runs: nodes > 500 ? 1 : 3,
        claims: [nobodyWronged, allQuorate, allShown],
        play(trial: Trial) {
          trial.stand();
          trial.measureFrom(RESTART_MS);
          trial.restartAll(RESTART_MS, how);
          trial.awaitQuorate(RESTART_MS, RESTART_MS + BACK_MS_MAX);
          trial.awaitAgreement(RESTART_MS, RESTART_MS + BACK_MS_MAX);
          trial.endAt(RESTART_MS + AFTER_MS);
        },
      })),
    );
  },
};

export const partition: Table = {
  name: 'partition',
  story: 'a cut into 60 % and 40 % for ten minutes, then it heals',
  note: 'times from the healing on; all links between the sides were at fault, so opinions count as wrong only of the time after',
  isHuge: false,
  rows(options) {
    const lengthMs = options.isQuick ? 40_000 : 600_000;
    return sizes(options, [10, 100], [5]).map((nodes) => ({
      label: `${nodes} in two sides`,
      nodes,
      runs: 3,
      claims: [nobodyWronged, allQuorate, allShown],
      play(trial) {
        const otherSide = trial.some(nodes - Math.ceil(MAJORITY * nodes));
        const side = trial.others(otherSide);
        const healMs = CALM_MS + lengthMs;
        trial.stand();
        trial.measureFrom(CALM_MS);
        trial.afflict(CALM_MS, healMs, { kind: 'partition', side, otherSide }, [...side, ...otherSide]);
        trial.awaitQuorate(healMs, healMs + BACK_MS_MAX);
        trial.awaitAgreement(healMs, healMs + BACK_MS_MAX);
        trial.endAt(healMs + AFTER_MS);
      },
    }));
  },
};
