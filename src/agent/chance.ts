// Chance from the system: the only source of ids, and the seed of the core's own.

import { randomBytes } from 'node:crypto';
import type { Chance } from './identity.ts';

export const SYSTEM_CHANCE: Chance = {
  hex32: () => randomBytes(16).toString('hex'),
  uint32: () => randomBytes(4).readUInt32LE(),
};
