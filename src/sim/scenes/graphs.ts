// All ways in which each of a few voters may or may not hear each other: the seed is the directed graph, one bit an edge. L1: who
// belongs to a mutually reachable majority, relays of two hops counted, becomes quorate, whatever the rest of the graph is.

import type { Scene } from './scene.ts';
import { range, type Stage } from './stage.ts';

const CUT_MS = 2000;
/** A lease that lapses at once, a fence, a clone hold that succession does not spare, and a few beats through others. */
const SETTLED_MS = 11_000;
const HELD_MS = 2000;
/** A packet's own way and two hops of relays. */
const EDGES_MAX = 3;

export const graphs: Scene = {
  name: 'graph',
  story: 'who hears whom is the seed, one bit an edge (4,096 graphs of four): mutually reachable majorities are quorate (L1)',
  nodes: 4,
  nodesMin: 3,
  untilMs: CUT_MS + SETTLED_MS + HELD_MS,
  profile: 'lan',
  play(stage) {
    playGraph(stage, stage.seed);
  },
};

const GRAPHS_OF_FIVE = 1 << 20;
/** Odd, so that no two seeds come to one graph. */
const STEP = 0x9e375;

export const graphsOfFive: Scene = {
  ...graphs,
  name: 'graph-five',
  story:
    'the same with five voters, neighbouring seeds as unlike as any: some are a sample, --seed=0 --runs=1048576 is each graph once (L1)',
  nodes: 5,
  nodesMin: 5,
  play(stage) {
    playGraph(stage, Math.imul(stage.seed, STEP) & (GRAPHS_OF_FIVE - 1));
  },
};

function playGraph(stage: Stage, graph: number): void {
  const { nodes } = stage;
  const hears = edgesOf(graph, nodes);
  stage.founded(nodes);
  for (const from of range(0, nodes)) {
    const to = range(0, nodes).filter((index) => index !== from && !hears(from, index));
    if (to.length > 0) stage.inflict(CUT_MS, stage.untilMs + 1, { kind: 'one-way', from: [from], to });
  }
  const together = mutuallyReachable(nodes, hears).find((members) => members.length > nodes / 2);
  if (together === undefined) return;
  for (let ms = SETTLED_MS; ms < SETTLED_MS + HELD_MS; ms += 250) stage.expectQuorate(CUT_MS + ms, together);
}

function edgesOf(graph: number, nodes: number): (from: number, to: number) => boolean {
  return (from, to) => ((graph >>> (from * (nodes - 1) + (to > from ? to - 1 : to))) & 1) === 1;
}

/** Sets of which each member reaches each other one over at most so many edges within the set. */
function mutuallyReachable(nodes: number, hears: (from: number, to: number) => boolean): number[][] {
  const found: number[][] = [];
  for (let mask = (1 << nodes) - 1; mask > 0; mask--) {
    const members = range(0, nodes).filter((index) => ((mask >>> index) & 1) === 1);
    if (members.every((from) => reached(from, members, hears).length === members.length)) found.push(members);
  }
  return found.sort((a, b) => b.length - a.length);
}

function reached(from: number, members: readonly number[], hears: (from: number, to: number) => boolean): number[] {
  let known = [from];
  for (let edge = 0; edge < EDGES_MAX; edge++) known = members.filter((to) => known.includes(to) || known.some((via) => hears(via, to)));
  return known;
}
