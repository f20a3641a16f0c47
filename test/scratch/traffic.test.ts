import { test } from 'vitest';
import { SmallTown } from '../support/small-town.ts';

test('traffic', () => {
  for (const n of [5, 20, 50]) {
    const town = new SmallTown();
    for (let i = 1; i <= n; i++)
      town.settle({ name: `n${i}`, seeds: i === 1 ? [] : ['10.0.0.1:7946'], ...(i === 1 ? {} : { cluster: null }) });
    town.pass(90_000);
    const b = town.datagramBytes,
      c = town.datagramCount;
    town.pass(60_000);
    const kinds = town.residents[0]!.events.filter((e) => e.type !== 'member-joined').map((e) => e.type + ' ' + (e as any).member);
    console.log(
      'N',
      n,
      'IP bytes/s/agent',
      ((town.datagramBytes - b + 28 * (town.datagramCount - c)) / 60 / n).toFixed(0),
      'pkts',
      ((town.datagramCount - c) / 60 / n).toFixed(2),
      'quorate',
      town.residents.filter((r) => r.node.standing === 'quorate').length,
      'voters',
      town.residents[0]!.node.record?.voters.length,
      kinds.slice(-6).join('; '),
    );
  }
});
