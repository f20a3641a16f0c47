// Saves states as fast as it can, the incarnation counting up, and says each one that the store called durable.

import { writeSync } from 'node:fs';
import { FileStore } from '../../../src/agent/store.ts';
import { incarnation } from '../../../src/core/index.ts';
import { durableState } from '../durable-state.ts';

const dir = process.argv[2] as string;
const from = Number(process.argv[3]);
const store = new FileStore(dir, from > 0);

const saveNext = (life: number): void => {
  store.save(durableState({ incarnation: incarnation(life), bornIncarnation: incarnation(0) }), (problem) => {
    if (problem !== null) throw new Error(problem);
    writeSync(1, `${life}\n`);
    saveNext(life + 1);
  });
};
saveNext(from + 1);
