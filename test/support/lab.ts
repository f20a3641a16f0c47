// A fleet that belongs to one test: everything in it goes when the test ends, passed or failed.

import { onTestFinished } from 'vitest';
import { Fleet } from './agents.ts';

export function newLab(): Fleet {
  const fleet = new Fleet();
  onTestFinished(() => fleet.close());
  return fleet;
}
