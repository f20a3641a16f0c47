// Every scene, small, for two seeds; those that are long for one.

import { describe, expect, test } from 'vitest';
import { run, SCENES } from '../../src/sim/index.ts';

/** Each small; those whose length is their point keep it. */
const SMALL: Readonly<Record<string, number>> = {
  'bootstrap-all-at-once': 5,
  'partition-heal': 4,
  'long-partition': 3,
  'name-clash': 3,
  chaos: 4,
};

/** Those in which nothing but time passes: test/sim/calm.test.ts and the command say more. */
const SHORT: Readonly<Record<string, number>> = { 'calm-loss': 120_000 };

/** A day and more of virtual time each. */
const LONG: ReadonlySet<string> = new Set(['worst-clocks', 'long-partition', 'reaped', 'reaped-by-one']);

describe('the scenes', () => {
  test.each(SCENES.map((scene) => [scene.name, scene.story] as const))(
    '%s: %s',
    (name) => {
      for (const seed of LONG.has(name) ? [1] : [1, 2]) {
        const { violation } = run({ seed, scene: name, nodes: SMALL[name] ?? null, untilMs: SHORT[name] ?? null });
        expect(violation, `npm run sim -- --seed=${seed} --scene=${name} --narrate`).toBeNull();
      }
    },
    120_000,
  );

  test('have names of their own', () => {
    expect(new Set(SCENES.map(({ name }) => name)).size).toBe(SCENES.length);
  });
});
