import { test } from 'vitest';
import { SmallTown } from '../support/small-town.ts';
test('deaf', () => {
  const town = new SmallTown();
  for (let i = 1; i <= 5; i++) town.settle({ name: `n${i}`, seeds: i === 1 ? [] : ['10.0.0.1:7946'], ...(i === 1 ? {} : { cluster: null }) });
  town.pass(60_000);
  for (let i = 1; i <= 4; i++) town.cuts.add(`10.0.0.${i}:7946 > 10.0.0.5:7946`);
  for (let k = 0; k < 8; k++) { town.pass(1000); console.log(town.scheduler.nowMs, town.residents[4]!.node.standing, town.residents[4]!.node.incarnation, town.residents[0]!.shown(), town.residents[0]!.view('n5')?.incarnation); }
  console.log(town.residents[0]!.events.slice(-4).map((e) => JSON.stringify(e)).join('\n'));
});
