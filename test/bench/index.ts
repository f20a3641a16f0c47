// `npm run bench`: measures, then prints one table with target and verdict, and the same as one line of JSON.
// `side-by-side` has a table of its own, with serf beside us. Ends with 1 when a target was missed or a benchmark could not be run.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { answer } from '../../scripts/flags.mjs';
import { convergence, hundred, idle, leave, memory } from './cluster.ts';
import { coldStart, members } from './command.ts';
import { lineOf, readWishes, type Wishes } from './command-line.ts';
import { type Benchmark, type Figure, isMet, table } from './figure.ts';
import { micro } from './micro.ts';
import { type Comparison, comparisonTable, isReached } from './side/comparison.ts';
import { markdownOf, renewed } from './side/markdown.ts';
import { sideBySide } from './side-by-side.ts';

const benchmarks: readonly Benchmark[] = [micro, coldStart, memory, convergence, members, leave, idle, hundred];
const known = [...benchmarks.map(({ name }) => name), sideBySide.name];

// A certificate store that the caller names is read by every Node at its start, and would count as the agents' own cost.
delete process.env.NODE_EXTRA_CA_CERTS;
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const wishes = readWishes(known, args);
  if (wishes.kind !== 'wishes') return answer(lineOf(known), wishes);
  const { names, scale } = wishes;
  const figures: Figure[] = [];
  let compared: Comparison | null = null;
  let hasFailed = false;
  const attempt = async (name: string, measure: () => Promise<void>): Promise<void> => {
    if (!names.includes(name)) return;
    process.stderr.write(`bench: ${name} …\n`);
    try {
      await measure();
    } catch (error) {
      hasFailed = true;
      process.stderr.write(`bench: ${name} could not be measured: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  };
  for (const { name, measure } of benchmarks) {
    await attempt(name, async () => {
      figures.push(...(await measure(scale)));
    });
  }
  await attempt(sideBySide.name, async () => {
    const { comparison, hasFailed: isPartial } = await sideBySide.measure(scale, wishes.sizes ?? sideBySide.sizes[scale], (soFar) =>
      write(wishes, figures, soFar),
    );
    compared = comparison;
    hasFailed ||= isPartial;
  });
  return conclude(wishes, figures, compared) && !hasFailed ? 0 : 1;
}

/** Prints what was measured; whether all of it is within its bounds. */
function conclude(wishes: Wishes, figures: readonly Figure[], compared: Comparison | null): boolean {
  if (figures.length > 0) process.stdout.write(`${table(figures)}\n`);
  if (compared !== null) process.stdout.write(`${comparisonTable(compared)}\n`);
  process.stdout.write(`${JSON.stringify(write(wishes, figures, compared))}\n`);
  const { markdown } = wishes;
  if (markdown !== null && compared !== null)
    writeFileSync(markdown, existsSync(markdown) ? renewed(readFileSync(markdown, 'utf8'), compared) : markdownOf(compared));
  return figures.every(isMet) && (compared === null || isReached(compared));
}

/** All there is so far, into the file that was wished for, if any. */
function write({ scale, json }: Wishes, figures: readonly Figure[], compared: Comparison | null): object {
  const machine = { node: process.version, cores: availableParallelism(), scale };
  const report = { ...machine, figures, ...(compared === null ? {} : { sideBySide: compared }) };
  if (json !== null) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
  return report;
}
