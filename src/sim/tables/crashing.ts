// Tables of members that die while nothing else is wrong, and of nothing being wrong at all.

import { allFailed, nobodyWronged, oneView, type Row, sizes, type Table } from './table.ts';

/** By then the leader is named and the list is calm. */
const CALM_MS = 15_000;
const CRASH_MS = 20_000;
/** Crashes fall into any phase of the heartbeats. */
const PHASE_MS = 1000;
const AFTER_MS = 15_000;

export const steady: Table = {
  name: 'steady',
  story: 'nothing happens: what membership costs',
  note: 'measured for a minute from 15 s on',
  isHuge: false,
  rows(options) {
    return sizes(options, [5, 20, 50, 100, 1000], [5, 10]).map((nodes) => ({
      label: `${nodes} members`,
      nodes,
      runs: nodes > 100 ? 1 : 3,
      claims: [nobodyWronged],
      play(trial) {
        trial.stand();
        trial.measureFrom(CALM_MS);
        trial.endAt(CALM_MS + (options.isQuick ? 10_000 : 60_000));
      },
    }));
  },
};

function crashOf(count: number, nodes: number, runs: number): Row {
  return {
    label: `crash of ${count} of ${nodes}`,
    nodes,
    runs,
    claims: [nobodyWronged, allFailed, oneView],
    play(trial) {
      trial.stand();
      trial.measureFrom(CALM_MS);
      trial.crash(CRASH_MS + PHASE_MS * trial.random.unit(), trial.some(count));
      trial.endAt(CRASH_MS + PHASE_MS + AFTER_MS);
    },
  };
}

/** One, and ten, or as many as leave a majority of voters and a cluster. */
function crashesOf(nodes: number, runs: number): Row[] {
  const crowd = Math.min(10, Math.floor((nodes - 1) / 3));
  return [crashOf(1, nodes, runs), ...(crowd > 1 ? [crashOf(crowd, nodes, runs)] : [])];
}

const NOTE = 'victims by chance, at most a minority of the voters; times from the crash until the last survivor shows it';

export const crash: Table = {
  name: 'crash',
  story: 'one dies, ten die in one instant (three of ten)',
  note: NOTE,
  isHuge: false,
  rows(options) {
    return sizes(options, [10, 100, 1000], [4, 10]).flatMap((nodes) => crashesOf(nodes, nodes > 500 ? 3 : nodes > 50 ? 10 : 20));
  },
};

export const crashHuge: Table = {
  name: 'crash-huge',
  story: 'the same among ten thousand',
  note: NOTE,
  isHuge: true,
  rows(options) {
    return sizes(options, [10_000], [60]).flatMap((nodes) => crashesOf(nodes, 1));
  },
};
