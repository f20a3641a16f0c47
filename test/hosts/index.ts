// `npm run hosts`: what the promises come to on real hosts, in the default profile: cuts, pauses, kills of the leader, traffic.
// Prints each trial as it ends, then one table with target and verdict. Ends with 1 when a target was missed.

import { answer, list, oneOf, readLine, SWITCH } from '../../scripts/flags.mjs';
import { type Figure, isMet, table } from '../bench/figure.ts';
import { netlabObstacle } from '../support/netlab/index.ts';
import { cuts } from './cuts.ts';
import { kills } from './kills.ts';
import { pauses } from './pauses.ts';
import { traffic } from './traffic.ts';
import type { Trial } from './trial.ts';

const trials: readonly Trial[] = [cuts, pauses, kills, traffic];
const known = trials.map(({ name }) => name);

const LINE = {
  npm: 'run hosts',
  help: `
npm run hosts -- [--only=NAME,…] [--quick]

Cuts, stops and kills real agents on hosts of their own (network namespaces), with commands under \`quorate run\`, and prints one table with
target and verdict. It needs root and nftables.

--only   these trials: ${known.join(' ')}
--quick  each of them fewer times: for a look

Exit 0 when every target was met, 1 when one was MISSED or nothing could be tried here, 64 for usage.`,
  flags: { only: list(oneOf('trial', known)), quick: SWITCH },
};

process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const reading = readLine(LINE, args);
  if (reading.kind !== 'given') return answer(LINE, reading);
  const { only: names = known, quick } = reading.flags;
  const obstacle = netlabObstacle();
  if (obstacle !== null) {
    process.stderr.write(`hosts: nothing can be tried here: ${obstacle}\n`);
    return 1;
  }
  const figures: Figure[] = [];
  let hasFailed = false;
  for (const { name, run } of trials.filter((one) => names.includes(one.name))) {
    process.stderr.write(`hosts: ${name} …\n`);
    try {
      figures.push(...(await run(quick === true ? 'quick' : 'full')));
    } catch (error) {
      hasFailed = true;
      process.stderr.write(`hosts: ${name} could not be tried to its end: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  process.stdout.write(`\n${table(figures)}\n`);
  return hasFailed || !figures.every(isMet) ? 1 : 0;
}
