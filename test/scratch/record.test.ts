import { test } from 'vitest';
import { SmallTown } from '../support/small-town.ts';

function show(town: SmallTown, label: string): void {
  const t = town.scheduler.nowMs;
  console.log(`--- ${label} t=${t}`);
  for (const r of town.residents) {
    if (r.exit) {
      console.log(r.address, 'EXIT', r.exit);
      continue;
    }
    const now = r.nowMs();
    const q = r.node.quorum(now, now);
    const l = r.node.leader(now, now);
    console.log(
      r.node.name,
      r.node.standing,
      'lease',
      Math.round(r.node.leaseRemainingMs(now, now)),
      'q',
      q && `${q.acking}/${q.voters} need ${q.needed}`,
      'rec',
      r.node.record?.version,
      r.node.record?.epoch,
      'voters',
      r.node.record?.voters.map((v) => v.name).join(','),
      'leader',
      l?.name,
      l?.token,
      l?.isSelf,
      r.shown(),
      [...r.node.refusals].join(' '),
      r.driver.unreadable.size ? [...r.driver.unreadable].join(' ') : '',
    );
  }
}

test('grow and cut', () => {
  const town = new SmallTown();
  for (let i = 1; i <= 5; i++)
    town.settle({ name: `n${i}`, seeds: i === 1 ? [] : ['10.0.0.1:7946'], ...(i === 1 ? {} : { cluster: null }) });
  for (const t of [500, 2000, 12000, 20000, 30000, 40000, 60000]) {
    town.pass(t - town.scheduler.nowMs);
    show(town, 'grow');
  }
  const a = ['10.0.0.1:7946', '10.0.0.2:7946'];
  const b = ['10.0.0.3:7946', '10.0.0.4:7946', '10.0.0.5:7946'];
  for (const x of a)
    for (const y of b) {
      town.cuts.add(`${x} > ${y}`);
      town.cuts.add(`${y} > ${x}`);
    }
  for (const dt of [2900, 500, 1000, 500, 1000, 3000]) {
    town.pass(dt);
    show(town, 'cut');
  }
  town.cuts.clear();
  for (const dt of [1000, 2000, 3000, 10000]) {
    town.pass(dt);
    show(town, 'heal');
  }
  for (const r of town.residents) {
    console.log(r.node.name);
    for (const e of r.events.slice(-14)) console.log('   ', JSON.stringify(e));
  }
});
