// One seed, one scene: from settings to a report. Holds no state between runs, so any number can follow each other in one process.

import { createNode, Directory, type MonotonicMs, type Node, type NodeOptions, Random } from '../core/index.ts';
import type { Violation } from './checkers/index.ts';
import { findScene, type Scene, Stage } from './scenes/index.ts';
import { World } from './world.ts';

export interface Settings {
  readonly seed: number;
  readonly scene: string;
  /** Null: the scene's own. */
  readonly nodes: number | null;
  readonly untilMs: number | null;
}

export interface Report {
  readonly settings: Settings;
  readonly nodes: number;
  readonly untilMs: number;
  readonly violation: Violation | null;
  /** The same for the same settings, always. */
  readonly traceHash: string;
  readonly traceCount: number;
  readonly eventCount: number;
  readonly faults: readonly string[];
  /** How long each calm spell took to agree; null when it was not judged to its end. */
  readonly convergenceMs: readonly (number | null)[];
}

export interface RunHooks {
  readonly narrate?: (atMs: number, who: string, what: string) => void;
  /** Another node than the core's, for tests of the simulator itself. */
  readonly createNode?: (options: NodeOptions, now: MonotonicMs) => Node;
}

export function run(settings: Settings, hooks: RunHooks = {}): Report {
  const scene = findScene(settings.scene);
  if (scene === null) throw new RangeError(`no scene is called ${settings.scene}`);
  const nodes = Math.max(scene.nodesMin, settings.nodes ?? nodesOf(scene, settings.seed));
  const untilMs = settings.untilMs ?? scene.untilMs;
  const world = new World({
    seed: settings.seed,
    profile: scene.profile,
    createNode: hooks.createNode ?? createNode,
    directory: new Directory({ isShared: true }),
    narrate: hooks.narrate ?? null,
  });
  const stage = new Stage(world, nodes, untilMs, settings.seed);
  scene.play(stage);
  world.run(untilMs);
  return {
    settings,
    nodes,
    untilMs,
    violation: world.violation,
    traceHash: world.traceHash,
    traceCount: world.traceCount,
    eventCount: world.toldCount,
    faults: stage.faults,
    convergenceMs: world.convergenceMs,
  };
}

function nodesOf({ nodes }: Scene, seed: number): number {
  return typeof nodes === 'function' ? nodes(seed) : (nodes ?? drawNodes(seed));
}

/** Small clusters collide more. */
function drawNodes(seed: number): number {
  const random = new Random(seed);
  return random.chance(0.8) ? 3 + random.below(3) : 6 + random.below(5);
}
