// What tests of the tables' worlds look up in them.

import type { Trial } from '../../src/sim/tables/trial.ts';

/** The host whose life the record names, as the first host has it on disk. */
export function leaderOf({ world: { hosts } }: Trial): number {
  const id = hosts[0]!.disk.durable?.record?.leader?.id;
  return hosts.findIndex(({ identity }) => identity.id === id);
}
