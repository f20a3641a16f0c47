// `npm run bench`: measures, then prints one table with target and verdict, and the same as one line of JSON.
// Ends with 1 when a target was missed or a benchmark could not be run.

import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { convergence, hundred, idle, leave, memory } from './cluster.ts';
import { coldStart, members } from './command.ts';
import { type Benchmark, type Figure, isMet, type Scale, table } from './figure.ts';
import { micro } from './micro.ts';

const benchmarks: readonly Benchmark[] = [micro, coldStart, memory, convergence, members, leave, idle, hundred];

process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const wishes = wishesOf(args);
  if (wishes === null) {
    const known = benchmarks.map(({ name }) => name).join(',');
    process.stderr.write(`usage: npm run bench -- [--quick] [--only=NAME,…]   names: ${known}\n`);
    return args.includes('--help') ? 0 : 64;
  }
  const { only, quick } = wishes;
  const names = only?.split(',') ?? benchmarks.map(({ name }) => name);
  const unknown = names.find((name) => !benchmarks.some((one) => one.name === name));
  if (unknown !== undefined) {
    process.stderr.write(`bench: there is no benchmark ${unknown}; there are ${benchmarks.map(({ name }) => name).join(', ')}\n`);
    return 64;
  }
  const scale: Scale = quick ? 'quick' : 'full';
  const figures: Figure[] = [];
  let hasFailed = false;
  for (const { name, measure } of benchmarks.filter((one) => names.includes(one.name))) {
    process.stderr.write(`bench: ${name} …\n`);
    try {
      figures.push(...(await measure(scale)));
    } catch (error) {
      hasFailed = true;
      process.stderr.write(`bench: ${name} could not be measured: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  const machine = { node: process.version, cores: availableParallelism(), scale };
  process.stdout.write(`${table(figures)}\n${JSON.stringify({ ...machine, figures })}\n`);
  return hasFailed || !figures.every(isMet) ? 1 : 0;
}

function wishesOf(args: string[]): { readonly only: string | undefined; readonly quick: boolean } | null {
  try {
    const { values } = parseArgs({ args, options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } } });
    return { only: values.only, quick: values.quick };
  } catch {
    return null;
  }
}
