// The door of tables/: all of them by name.

import { lifeguard, rapid } from './ailing.ts';
import { bootstrap, join } from './coming.ts';
import { crash, crashHuge, steady } from './crashing.ts';
import { partition, restart } from './returning.ts';
import type { Table } from './table.ts';
import { loss } from './weather.ts';

export { type Job, jobsOf, type Played, playJob, sumsOf } from './jobs.ts';
export { renderTable } from './rendering.ts';
export type { Claim, Row, Table, TableOptions } from './table.ts';
export { Trial, type TrialHooks } from './trial.ts';

export const TABLES: readonly Table[] = [steady, crash, join, bootstrap, loss, lifeguard, rapid, restart, partition, crashHuge];

export function findTable(name: string): Table | null {
  return TABLES.find((table) => table.name === name) ?? null;
}
