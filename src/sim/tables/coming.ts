// Tables of members that come: one that joins a standing cluster, and all that start at once.

import { nameOf, range } from '../scenes/index.ts';
import { seedOf } from '../world.ts';
import { allShown, nobodyWronged, sizes, type Table } from './table.ts';

const JOIN_MS = 20_000;
const PHASE_MS = 1000;
const JOIN_MS_MAX = 60_000;
const BOOTSTRAP_MS_MAX = 120_000;

export const join: Table = {
  name: 'join',
  story: 'one joins a standing cluster',
  note: 'times from its start until the last member shows it; traffic from then on, for at most a minute',
  isHuge: false,
  rows(options) {
    return sizes(options, [10, 100, 1000], [4, 10]).map((nodes) => ({
      label: `join of one to ${nodes}`,
      nodes,
      runs: nodes > 500 ? 3 : 10,
      claims: [nobodyWronged, allShown],
      play(trial) {
        trial.stand();
        const newcomer = trial.world.addHost({ name: nameOf(nodes), isFounder: false, seeds: range(0, 3).map(nameOf).map(seedOf) });
        const startMs = JOIN_MS + PHASE_MS * trial.random.unit();
        trial.measureFrom(startMs);
        trial.at(startMs, () => {
          newcomer.start();
          trial.census.joined(newcomer);
        });
        trial.endAt(startMs + (options.isQuick ? JOIN_MS : JOIN_MS_MAX) / 2);
      },
    }));
  },
};

export const bootstrap: Table = {
  name: 'bootstrap',
  story: 'all start in one instant with three seeds, of which one founds the cluster',
  note: 'times from the start until every list shows exactly all',
  isHuge: false,
  rows(options) {
    return sizes(options, [100, 1000, 2000], [5, 20]).map((nodes) => ({
      label: `bootstrap of ${nodes}`,
      nodes,
      runs: nodes > 500 ? 1 : 3,
      claims: [nobodyWronged, allShown],
      play(trial) {
        const seeds = range(0, Math.min(3, nodes)).map(nameOf).map(seedOf);
        for (const index of range(0, nodes)) trial.world.addHost({ name: nameOf(index), isFounder: index === 0, seeds }).start();
        trial.awaitAgreement(0, BOOTSTRAP_MS_MAX);
        trial.awaitQuorate(0, BOOTSTRAP_MS_MAX);
      },
    }));
  },
};
