// The rules have teeth: toy nodes that lie, one lie a rule, are caught, and honest ones are not.

import { describe, expect, test } from 'vitest';
import { Directory } from '../../src/core/index.ts';
import type { Violation } from '../../src/sim/checkers/index.ts';
import { Stage } from '../../src/sim/scenes/index.ts';
import { World } from '../../src/sim/world.ts';
import { type Lie, ToyNode } from '../support/toy-node.ts';

/** Four toy nodes, of which `liar` lies; one is killed at 20 s. */
function play(lie: Lie, liar: string): { violation: Violation | null; traceHash: string } {
  const world = new World({
    seed: 5,
    profile: 'lan',
    createNode: (options) => new ToyNode(options, options.facts.name === liar ? lie : 'none'),
    directory: new Directory({ isShared: true }),
    narrate: null,
  });
  const stage = new Stage(world, 4, 60_000);
  stage.usual();
  stage.joined(19_000);
  stage.at(20_000, () => stage.host(3).crash());
  stage.calm(20_000);
  world.run(60_000);
  return { violation: world.violation, traceHash: world.traceHash };
}

describe('the rules of the simulator', () => {
  test('find nothing wrong with nodes that keep them', () => {
    expect(play('none', '').violation).toBeNull();
  });

  test('the same seed gives the same trace, another history another one', () => {
    expect(play('none', '').traceHash).toBe(play('none', '').traceHash);
    expect(play('exits', 'n2').traceHash).not.toBe(play('none', '').traceHash);
  });

  test.each<[Lie, string, string, RegExp]>([
    ['counter-back', 'n2', 'own-pairs-grow', /emits \(\d+, \d+\) after/],
    ['speaks-before-durable', 'n2', 'incarnation-durable-before-said', /said in a push, and nothing is on the disk/],
    ['resurrects', 'n2', 'no-resurrection', /n4 is shown alive as incarnation \d+, which was failed here/],
    ['never-fails', 'n2', 'no-ghosts', /n4 is shown alive, and its process has been gone for/],
    ['forgets-one', 'n2', 'convergence', /n2 counts 3 alive and 0 suspect of 4/],
    ['opens-exchanges', 'n2', 'nothing-unbounded', /n2 has \d+ exchanges open/],
    ['exits', 'n2', 'no-needless-exit', /exits as superseded: because/],
  ])('a node that lies (%s) is caught', (lie, liar, rule, message) => {
    const { violation } = play(lie, liar);
    expect(violation?.rule).toBe(rule);
    expect(violation?.message).toMatch(message);
  });
});
