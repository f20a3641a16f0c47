// Tables of bad networks that everyone has alike: nobody is to be blamed for what is lost, so every suspicion is wrong, and one death
// among all that has to be found all the same.

import { range } from '../scenes/index.ts';
import { allFailed, nobodyWronged, sizes, type Table } from './table.ts';

const LOSS_MS = 15_000;
/** Packets that an uplink loses in a row, on average. */
export const BURST_PACKETS = 8;

export const loss: Table = {
  name: 'loss',
  story: 'a share of all packets is lost, each by itself or in bursts; after some time one member dies',
  note: `bursts: each member's uplink loses ${BURST_PACKETS} packets in a row on average (Gilbert-Elliott); loss blames nobody: every suspicion and verdict about the living is wrong`,
  isHuge: false,
  rows(options) {
    const [nodes = 100] = sizes(options, [100], [10]);
    const lengthMs = options.isQuick ? 20_000 : 120_000;
    return [0, 0.05, 0.1, 0.2, 0.3].flatMap((probability) =>
      (probability === 0 ? ['none'] : ['single', 'bursts']).map((kind) => ({
        label: kind === 'none' ? 'no loss' : `${(probability * 100).toFixed(0)} %, ${kind}`,
        nodes,
        runs: 2,
        claims: [nobodyWronged, allFailed],
        play(trial) {
          const all = range(0, nodes);
          const crashMs = LOSS_MS + lengthMs + 1000 * trial.random.unit();
          const endMs = crashMs + 20_000;
          trial.stand();
          trial.measureFrom(LOSS_MS);
          if (kind === 'single') trial.afflict(LOSS_MS, endMs, { kind: 'loss', from: all, to: all, probability }, []);
          if (kind === 'bursts')
            trial.afflict(LOSS_MS, endMs, { kind: 'bursts', from: all, to: all, probability, packets: BURST_PACKETS }, []);
          trial.crash(crashMs, trial.some(1));
          trial.endAt(endMs);
        },
      })),
    );
  },
};
