// Tests on hosts of their own: skipped, with the reason, where such hosts cannot be made; what a test opened goes when it ends.

import { describe, onTestFinished } from 'vitest';
import { Hosts } from './hosts.ts';
import { netlabObstacle } from './netlab/index.ts';

const obstacle = netlabObstacle();

export function describeHosts(title: string, tests: () => void): void {
  if (obstacle !== null) process.stderr.write(`skipped: ${title}: ${obstacle}\n`);
  describe.skipIf(obstacle !== null)(title, tests);
}

/** `count` hosts with an agent on each, all quorate, at the pace of the local profile. */
export async function newHosts(count: number): Promise<Hosts> {
  const hosts = await Hosts.open(count, { profile: 'local', keepsOutput: true });
  onTestFinished(() => hosts.close());
  return hosts;
}
