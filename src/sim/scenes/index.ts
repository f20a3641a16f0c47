// The door of scenes/: all of them by name.

export type { Scene } from './scene.ts';
export { nameOf, range, Stage } from './stage.ts';

import { tcpBlocked, udpBlocked } from './blocking.ts';
import { clonedAtOnce, clonedEarlier, clonedState, coldStart, leaveWhileDown, votersInAHurry } from './changing.ts';
import { chaos } from './chaos.ts';
import { crashMost, crashOne, crashTen, pauseTenSeconds, restartNewAddress } from './crashing.ts';
import { calmLoss, longPartition, lossThirty, oneWay, partitionHeal } from './cutting.ts';
import { acceptedAndHealed, offeredTwice } from './deciding.ts';
import { leave, nameClash } from './departing.ts';
import {
  deafLeader,
  differingFlags,
  jumpingUptime,
  jumpingVoters,
  lapsing,
  reaped,
  reapedByOne,
  resigning,
  restartedVoters,
  worstCase,
} from './directed.ts';
import { graphs, graphsOfFive } from './graphs.ts';
import { proof } from './proof.ts';
import { fsyncPoints, lostDisk, replayed, rollingLoss, rollingRestart, worstClocks } from './remembering.ts';
import type { Scene } from './scene.ts';
import { bridge, evenSplit, proposerCutOff, threeTwo, twoAndWitness, twoVoters } from './splitting.ts';
import { asleep, deaf, killed, mute, stopped } from './standing-still.ts';
import { bootstrapAllAtOnce, seedsDownAtStart, steady } from './starting.ts';

export const SCENES: readonly Scene[] = [
  steady,
  bootstrapAllAtOnce,
  seedsDownAtStart,
  crashOne,
  crashTen,
  crashMost,
  pauseTenSeconds,
  restartNewAddress,
  partitionHeal,
  longPartition,
  oneWay,
  lossThirty,
  calmLoss,
  udpBlocked,
  tcpBlocked,
  leave,
  nameClash,
  chaos,
  proof,
  threeTwo,
  evenSplit,
  twoVoters,
  twoAndWitness,
  deaf,
  mute,
  bridge,
  stopped,
  killed,
  worstClocks,
  asleep,
  replayed,
  proposerCutOff,
  fsyncPoints,
  lostDisk,
  votersInAHurry,
  leaveWhileDown,
  coldStart,
  clonedState,
  clonedEarlier,
  clonedAtOnce,
  rollingRestart,
  rollingLoss,
  graphs,
  graphsOfFive,
  worstCase,
  jumpingUptime,
  jumpingVoters,
  lapsing,
  resigning,
  deafLeader,
  differingFlags,
  reaped,
  reapedByOne,
  restartedVoters,
  offeredTwice,
  acceptedAndHealed,
];

export function findScene(name: string): Scene | null {
  return SCENES.find((scene) => scene.name === name) ?? null;
}
