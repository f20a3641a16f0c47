// What the inner parts cost in one process, without sockets: codec, merge, tick.

import { codecBench } from './codec.ts';
import { atMost, type Benchmark, type Figure, type Target } from './figure.ts';

const PACK_TARGETS: ReadonlyMap<string, Target> = new Map([['pack 1,000 beats', atMost(100)]]);

export const micro: Benchmark = {
  name: 'micro',
  measure: async () => codecBench().flatMap(codecFigures),
};

function codecFigures({ name, microseconds, bytesPerEntry }: ReturnType<typeof codecBench>[number]): Figure[] {
  const figures: Figure[] = [{ name, value: microseconds, unit: 'µs', target: PACK_TARGETS.get(name) ?? null }];
  if (name === 'pack 1,000 beats')
    figures.push({ name: '1,000 beats, bytes an entry', value: bytesPerEntry, unit: 'B', target: atMost(8) });
  return figures;
}
