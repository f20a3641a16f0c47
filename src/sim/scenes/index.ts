// The door of scenes/: all of them by name.

export type { Scene } from './scene.ts';
export { Stage } from './stage.ts';

import { tcpBlocked, udpBlocked } from './blocking.ts';
import { chaos } from './chaos.ts';
import { crashOne, crashTen, pauseTenSeconds, restartNewAddress } from './crashing.ts';
import { longPartition, lossThirty, oneWay, partitionHeal } from './cutting.ts';
import { leave, nameClash } from './departing.ts';
import { proof } from './proof.ts';
import type { Scene } from './scene.ts';
import { bootstrapAllAtOnce, seedsDownAtStart, steady } from './starting.ts';

export const SCENES: readonly Scene[] = [
  steady,
  bootstrapAllAtOnce,
  seedsDownAtStart,
  crashOne,
  crashTen,
  pauseTenSeconds,
  restartNewAddress,
  partitionHeal,
  longPartition,
  oneWay,
  lossThirty,
  udpBlocked,
  tcpBlocked,
  leave,
  nameClash,
  chaos,
  proof,
];

export function findScene(name: string): Scene | null {
  return SCENES.find((scene) => scene.name === name) ?? null;
}
