// A cluster that has stood for long: founded on disk, started within a second, and then everyone is handed the list of all, as if
// heard at that instant. Ten thousand joins would take longer than what is to be measured.

import { type MemberTable, readyRows } from '../core/index.ts';
import { nameOf, range } from './scenes/index.ts';
import type { World } from './world.ts';

const START_OVER_MS = 1000;
/** By then each has its first life on disk. */
export const ACQUAINTED_MS = 1500;

/** Adds that many hosts to an empty world, of which the first ones vote, and puts their start on its schedule. */
export function stand(world: World, memberCount: number, voterCount: number): void {
  for (const index of range(0, memberCount)) world.addHost({ name: nameOf(index), isFounder: false, seeds: [] });
  // Nobody to ask: whoever found others by itself would not have an empty list any more.
  world.foundTogether(world.hosts.slice(0, voterCount), world.hosts.slice(voterCount), 'nobody');
  // Known before any table is made, so that each has room for all at once.
  for (const { disk } of world.hosts) if (disk.durable !== null) world.directory.intern(disk.durable.id);
  const tables: MemberTable[] = [];
  world.directory.onTable = (table) => tables.push(table);
  const { hosts, scheduler } = world;
  for (const host of hosts) scheduler.at((START_OVER_MS * host.index) / hosts.length, () => host.start());
  scheduler.at(ACQUAINTED_MS, () => {
    world.directory.onTable = null;
    const rows = readyRows(tables);
    // Tables are in the order of starts, which is that of hosts.
    for (const [index, table] of tables.entries()) table.adopt(rows, hosts[index]!.clock.nowMs());
  });
}
