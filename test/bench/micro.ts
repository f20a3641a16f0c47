// What the inner parts cost in one process, without sockets: codec, merge, tick, step, expiry, and the memory of a list.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { codecBench } from './codec.ts';
import { atMost, type Benchmark, type Figure, type Target } from './figure.ts';
import type { MemoryBytes } from './memory.ts';
import { mergeBench } from './merge.ts';
import { detectorFigures } from './micro-detector.ts';
import { stepFigures } from './micro-step.ts';
import { tickBench } from './tick.ts';

const TARGETS: ReadonlyMap<string, Target> = new Map([
  ['pack 1,000 beats', atMost(100)],
  ['decode, check and merge 1,000 beats', atMost(150)],
]);

export const micro: Benchmark = {
  name: 'micro',
  measure: async () => [
    ...codecBench().flatMap(codecFigures),
    ...mergeBench().map(timeFigure),
    ...tickFigures(),
    ...stepFigures(),
    ...detectorFigures(),
    ...memoryFigures(),
  ],
};

function timeFigure({ name, microseconds }: { readonly name: string; readonly microseconds: number }): Figure {
  return { name, value: microseconds, unit: 'µs', target: TARGETS.get(name) ?? null };
}

function codecFigures(figure: ReturnType<typeof codecBench>[number]): Figure[] {
  const figures: Figure[] = [timeFigure(figure)];
  if (figure.name === 'pack 1,000 beats')
    figures.push({ name: '1,000 beats, bytes an entry', value: figure.bytesPerEntry, unit: 'B', target: atMost(8) });
  return figures;
}

function tickFigures(): Figure[] {
  const { few, many } = tickBench();
  return [
    { name: 'a tick, 10 quiet members', value: few.betweenUs, unit: 'µs', target: null },
    { name: 'a tick, 10,000 quiet members', value: many.betweenUs, unit: 'µs', target: null },
    { name: 'a tick, 10,000 quiet members ÷ 10', value: many.betweenUs / few.betweenUs, unit: '×', target: atMost(1.25) },
    { name: 'a tick with a round, 10 quiet members', value: few.roundUs, unit: 'µs', target: null },
    { name: 'a tick with a round, 10,000 quiet members', value: many.roundUs, unit: 'µs', target: null },
  ];
}

function memoryFigures(): Figure[] {
  const program = join(import.meta.dirname, 'memory.mjs');
  const { status, stdout } = spawnSync(process.execPath, ['--expose-gc', program], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`node --expose-gc ${program} ended with ${status}`);
  const { member, row }: MemoryBytes = JSON.parse(stdout);
  return [
    { name: 'a member in a list of 10,000', value: member, unit: 'B', target: atMost(200) },
    { name: 'a row of a list in a shared world', value: row, unit: 'B', target: atMost(48) },
  ];
}
