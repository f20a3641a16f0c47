// What a step of a voter costs, by what it is about: five voters at rest in one process, every step of one of them timed.
// Nothing is made up: the inputs are those that such a voter gets, in the order and at the instants at which they come.

import type { Node } from '../../src/core/index.ts';
import { SmallTown } from '../support/small-town.ts';
import { type Figure, median } from './figure.ts';

const VOTERS = 5;
const WARM_MS = 60_000;
const MEASURED_MS = 120_000;

export function stepFigures(): Figure[] {
  const town = new SmallTown();
  const { node } = town.settleAll(VOTERS)[0]!;
  const tookUs = timed(node);
  town.pass(WARM_MS);
  tookUs.clear();
  town.pass(MEASURED_MS);
  return [
    { name: 'step: a beat heard by a voter', value: medianOf(tookUs, 'beat'), unit: 'µs', target: null },
    { name: 'step: a push heard by a voter', value: medianOf(tookUs, 'push'), unit: 'µs', target: null },
    { name: 'step: a tick of a voter', value: medianOf(tookUs, 'tick'), unit: 'µs', target: null },
  ];
}

/** From now on each step is timed, by the kind of its message, or of its input where that is none. */
function timed(node: Node): Map<string, number[]> {
  const tookUs = new Map<string, number[]>();
  const step = node.step.bind(node);
  node.step = (input, now, outbox, bootMs) => {
    const kind = input.kind === 'datagram' ? input.envelope.message.kind : input.kind;
    const startNs = process.hrtime.bigint();
    step(input, now, outbox, bootMs);
    const took = Number(process.hrtime.bigint() - startNs) / 1000;
    const known = tookUs.get(kind);
    if (known === undefined) tookUs.set(kind, [took]);
    else known.push(took);
  };
  return tookUs;
}

function medianOf(tookUs: ReadonlyMap<string, readonly number[]>, kind: string): number {
  const took = tookUs.get(kind);
  if (took === undefined) throw new Error(`a voter at rest had no ${kind}; it had ${[...tookUs.keys()].join(', ')}`);
  return median(took);
}
