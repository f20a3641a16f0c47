// `npm run hosts`: what the promises come to on real hosts, in the default profile: cuts, pauses, kills of the leader, traffic.
// Prints each trial as it ends, then one table with target and verdict. Ends with 1 when a target was missed.

import { parseArgs } from 'node:util';
import { type Figure, isMet, type Scale, table } from '../bench/figure.ts';
import { netlabObstacle } from '../support/netlab/index.ts';
import { cuts } from './cuts.ts';
import { kills } from './kills.ts';
import { pauses } from './pauses.ts';
import { traffic } from './traffic.ts';
import type { Trial } from './trial.ts';

const trials: readonly Trial[] = [cuts, pauses, kills, traffic];

process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const names = trials.map(({ name }) => name);
  const wishes = wishesOf(args);
  const unknown = wishes?.names.find((name) => !names.includes(name));
  if (wishes === null || unknown !== undefined) {
    if (unknown !== undefined) process.stderr.write(`hosts: there is no trial ${unknown}\n`);
    process.stderr.write(`usage: npm run hosts -- [--quick] [--only=NAME,…]   names: ${names.join(',')}\n`);
    return args.includes('--help') ? 0 : 64;
  }
  const obstacle = netlabObstacle();
  if (obstacle !== null) {
    process.stderr.write(`hosts: nothing can be tried here: ${obstacle}\n`);
    return 1;
  }
  const figures: Figure[] = [];
  let hasFailed = false;
  for (const { name, run } of trials.filter((one) => wishes.names.length === 0 || wishes.names.includes(one.name))) {
    process.stderr.write(`hosts: ${name} …\n`);
    try {
      figures.push(...(await run(wishes.scale)));
    } catch (error) {
      hasFailed = true;
      process.stderr.write(`hosts: ${name} could not be tried to its end: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  process.stdout.write(`\n${table(figures)}\n`);
  return hasFailed || !figures.every(isMet) ? 1 : 0;
}

function wishesOf(args: string[]): { readonly names: readonly string[]; readonly scale: Scale } | null {
  try {
    const { values } = parseArgs({ args, options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } } });
    return { names: values.only?.split(',') ?? [], scale: values.quick ? 'quick' : 'full' };
  } catch {
    return null;
  }
}
