// L1 over who hears whom: every directed graph of four voters but for renaming, 218 of the 4,096. All of them, in minutes:
// npm run sim -- --scene=graph --seed=0 --runs=4096

import { describe, expect, test } from 'vitest';
import { run } from '../../src/sim/index.ts';

const NODES = 4;
const GRAPHS = 1 << (NODES * (NODES - 1));
const BATCH = 55;

const ORDERS = permutations([...Array(NODES).keys()]);
const UNLIKE = [...Array(GRAPHS).keys()].filter((graph) => ORDERS.every((order) => renamed(graph, order) >= graph));

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((first) => permutations(items.filter((item) => item !== first)).map((rest) => [first, ...rest]));
}

/** As the scene numbers them: one bit an edge, in the order of who speaks and then who hears. */
function bitOf(from: number, to: number): number {
  return from * (NODES - 1) + (to > from ? to - 1 : to);
}

function renamed(graph: number, order: readonly number[]): number {
  let named = 0;
  for (let from = 0; from < NODES; from++)
    for (let to = 0; to < NODES; to++)
      if (from !== to && ((graph >>> bitOf(from, to)) & 1) === 1) named |= 1 << bitOf(order[from]!, order[to]!);
  return named;
}

describe('a mutually reachable majority is quorate', () => {
  test('there are 218 graphs of four that are unlike', () => {
    expect(UNLIKE.length).toBe(218);
  });

  test.each(Array.from({ length: Math.ceil(UNLIKE.length / BATCH) }, (_, i) => i * BATCH))(
    'in the fifty-five graphs from the one with index %i',
    (from) => {
      for (const seed of UNLIKE.slice(from, from + BATCH)) {
        const { violation } = run({ seed, scene: 'graph', nodes: NODES, untilMs: null });
        expect(violation, `npm run sim -- --seed=${seed} --scene=graph --narrate`).toBeNull();
      }
    },
    60_000,
  );
});
