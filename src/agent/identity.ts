// Who this run is: from what the state directory holds and how the agent was started. Pure but for the chance and the
// clock handed in. An id is drawn once for a directory; every run is a new life of it (R1), persisted by the core before it speaks.

import { clusterId, incarnation, type NodeOptions, nodeId, type ProfileName, runNonce } from '../core/index.ts';
import { OperationalError } from './operational-error.ts';
import type { Start } from './options.ts';
import type { LoadedState } from './state-file.ts';

export type Identity = Pick<
  NodeOptions,
  'id' | 'storeId' | 'nonce' | 'incarnation' | 'bornIncarnation' | 'clusterName' | 'clusterId' | 'profile' | 'writeCount' | 'randomSeed'
>;

export interface Wishes {
  /** Where the state was looked for, to be named when there is none. */
  readonly stateDir: string;
  readonly start: Start;
  readonly hasSeeds: boolean;
  readonly clusterName: string;
  readonly profile: ProfileName;
}

export interface Chance {
  /** 128 bits as 32 hex digits. */
  hex32(): string;
  uint32(): number;
}

export interface Decided {
  readonly identity: Identity;
  /** Whether this run makes a new cluster. */
  readonly isCreation: boolean;
  /** Wishes that the existing cluster overrules, each a sentence for the log. */
  readonly overruled: readonly string[];
}

/** Throws `usage` when nothing says what cluster to be in. `wallClockMs` counts only for a new id. */
export function decideIdentity(wishes: Wishes, loaded: LoadedState, chance: Chance, wallClockMs: number): Decided {
  const { start, hasSeeds } = wishes;
  const known = loaded.kind === 'state' ? loaded.state : null;
  // A directory whose node never got into a cluster decides as an empty one does, but keeps its id.
  const isInCluster = known !== null && known.clusterId !== null;
  if (start.kind === 'resume' && !isInCluster && !hasSeeds) throw nothingToResume(wishes.stateDir, known !== null);
  const isCreation = !isInCluster && (start.kind === 'init' || (start.kind === 'dev' && !hasSeeds));
  const born = incarnation(Math.max(1, Math.floor(wallClockMs)));
  const identity: Identity = {
    id: known?.id ?? nodeId(chance.hex32()),
    storeId: known?.storeId ?? chance.hex32(),
    nonce: runNonce(chance.hex32()),
    incarnation: known === null ? born : incarnation(known.incarnation + 1),
    bornIncarnation: known?.bornIncarnation ?? born,
    clusterName: isInCluster ? known.clusterName : wishes.clusterName,
    clusterId: isCreation ? clusterId(chance.hex32()) : (known?.clusterId ?? null),
    profile: isInCluster ? known.profile : wishes.profile,
    writeCount: known?.writeCount ?? 0,
    randomSeed: chance.uint32(),
  };
  return { identity, isCreation, overruled: overruledBy(identity, wishes) };
}

function overruledBy(identity: Identity, wishes: Wishes): string[] {
  const sentences: string[] = [];
  if (identity.clusterName !== wishes.clusterName) {
    sentences.push(`the state belongs to cluster ${identity.clusterName}, so --cluster ${wishes.clusterName} is not followed`);
  }
  if (identity.profile !== wishes.profile) {
    sentences.push(
      `timings are set when a cluster is made: profile ${identity.profile} stays, --profile ${wishes.profile} is not followed`,
    );
  }
  return sentences;
}

function nothingToResume(stateDir: string, isStateThere: boolean): OperationalError {
  return new OperationalError(
    'usage',
    isStateThere
      ? `the state directory ${stateDir} is of an agent that never got into a cluster, and no seed is given`
      : `the state directory ${stateDir} is empty, and nothing says which cluster to join`,
    'On the first host type `quorate agent --init`, on every other one `quorate agent --join FIRST_HOST`; to try it out on one machine: `quorate agent --dev`.',
  );
}
