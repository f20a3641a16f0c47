// What a trial on real hosts is, and what all of them do: open a lab of the default profile, close it, print a line as each round ends.

import type { Figure, Scale } from '../bench/figure.ts';
import { type Host, Hosts } from '../support/hosts.ts';

export interface Trial {
  readonly name: string;
  readonly run: (scale: Scale) => Promise<readonly Figure[]>;
}

export async function withHosts<T>(count: number, work: (lab: Hosts) => Promise<T>, genesis: 'expect' | 'grow' = 'expect'): Promise<T> {
  const lab = await Hosts.open(count, { profile: 'lan', keepsOutput: false }, genesis);
  try {
    return await work(lab);
  } finally {
    await lab.close();
  }
}

/** Until nothing of the last round is left: all quorate, all see all alive. */
export async function waitForCalm(lab: Hosts): Promise<void> {
  await lab.waitForQuorate(lab.hosts);
  const names = lab.hosts.map(({ name }) => name).sort();
  const all = Object.fromEntries(names.map((name) => [name, 'alive'] as const));
  await lab.fleet.waitForView(
    lab.hosts.map(({ agent }) => agent),
    all,
  );
}

/** Columns of one width, so that rounds printed one by one stand below each other. */
export function printRow(cells: readonly (string | number)[]): void {
  const texts = cells.map((cell) => (typeof cell === 'number' ? `${Math.round(cell)} ms` : cell));
  process.stdout.write(`${texts.map((text, i) => (i === 0 ? text.padEnd(10) : text.padStart(15))).join('')}\n`);
}

export const namesOf = (hosts: readonly Host[]): string => hosts.map(({ name }) => name).join(' ');
