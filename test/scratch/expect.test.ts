import { test } from 'vitest';
import { SmallTown } from '../support/small-town.ts';

test('expect', () => {
  const town = new SmallTown();
  for (let i = 1; i <= 3; i++) town.settle({ name: `n${i}`, seeds: ['10.0.0.1:7946'], cluster: null, expect: 3 });
  for (const t of [500, 1000, 3000, 5000]) {
    town.pass(t);
    for (const r of town.residents)
      console.log(
        r.node.name,
        r.node.standing,
        r.node.clusterId,
        r.node.record?.voters.length,
        r.shown(),
        JSON.stringify(r.node.problems(r.nowMs())),
      );
  }
});
