// Who this run is: from what the state directory holds and how the agent was started. Pure but for the chance and the
// clock handed in. An id is drawn once for a directory; every run is a new life of it (R1), persisted by the core before it speaks.

import { clusterId, genesis, incarnation, type NodeOptions, nodeId, type ProfileName, runNonce } from '../core/index.ts';
import { OperationalError } from './operational-error.ts';
import type { Start } from './options.ts';
import type { LoadedState } from './state-file.ts';

export type Identity = Pick<
  NodeOptions,
  | 'id'
  | 'storeId'
  | 'nonce'
  | 'incarnation'
  | 'bornIncarnation'
  | 'clusterName'
  | 'clusterId'
  | 'profile'
  | 'writeCount'
  | 'previous'
  | 'record'
  | 'acceptor'
  | 'vote'
  | 'lastFence'
  | 'mustStaySilent'
  | 'maxVoters'
  | 'expect'
  | 'randomSeed'
>;

/** A voter that failed gives its place to a stable member after this long (R11). */
const REPLACE_AFTER_MS = 600_000;

export interface Wishes {
  /** Where the state was looked for, to be named when there is none. */
  readonly stateDir: string;
  readonly start: Start;
  readonly hasSeeds: boolean;
  readonly clusterName: string;
  readonly profile: ProfileName;
  readonly maxVoters: number;
  readonly expect: number | null;
}

/** The machine that this run finds itself on. */
export interface Surroundings {
  /** Counts only for a new id. */
  readonly wallClockMs: number;
  readonly bootId: string | null;
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
  /** Wishes that the existing cluster overrules, each with a sentence for the log. */
  readonly overruled: readonly { readonly setting: string; readonly sentence: string }[];
}

/** Throws `usage` when nothing says what cluster to be in. `wallClockMs` counts only for a new id. */
export function decideIdentity(wishes: Wishes, loaded: LoadedState, chance: Chance, { wallClockMs, bootId }: Surroundings): Decided {
  const { start, hasSeeds } = wishes;
  const known = loaded.kind === 'state' ? loaded.state : null;
  // A directory whose node never got into a cluster decides as an empty one does, but keeps its id.
  const isInCluster = known !== null && known.clusterId !== null;
  if (start.kind === 'resume' && !isInCluster && !hasSeeds) throw nothingToResume(wishes.stateDir, known !== null);
  const isCreation = !isInCluster && (start.kind === 'init' || (start.kind === 'dev' && !hasSeeds));
  const born = incarnation(Math.max(1, Math.floor(wallClockMs)));
  const id = known?.id ?? nodeId(chance.hex32());
  const storeId = known?.storeId ?? chance.hex32();
  const identity: Identity = {
    id,
    storeId,
    nonce: runNonce(chance.hex32()),
    incarnation: known === null ? born : incarnation(known.incarnation + 1),
    bornIncarnation: known?.bornIncarnation ?? born,
    clusterName: isInCluster ? known.clusterName : wishes.clusterName,
    clusterId: isCreation ? clusterId(chance.hex32()) : (known?.clusterId ?? null),
    profile: isInCluster ? known.profile : wishes.profile,
    writeCount: known?.writeCount ?? 0,
    previous: known === null ? null : { incarnation: known.incarnation, nonce: known.nonce, isClean: known.isClean },
    record: isCreation ? genesis([{ id, storeId }], wishes.profile, wishes.maxVoters, REPLACE_AFTER_MS) : (known?.record ?? null),
    acceptor: known?.acceptor ?? null,
    vote: known?.vote ?? null,
    lastFence: known?.fence ?? null,
    mustStaySilent: mayHaveOrphans(loaded, bootId),
    maxVoters: wishes.maxVoters,
    expect: wishes.expect,
    randomSeed: chance.uint32(),
  };
  return { identity, isCreation, overruled: overruledBy(identity, wishes) };
}

/**
 * R13: what ran under the lease of an earlier run may still run, if that run did not end cleanly and the machine was not
 * started anew since. Without a cluster there never was a lease. Where a boot id is missing, the boot counts as the same.
 */
function mayHaveOrphans(loaded: LoadedState, bootId: string | null): boolean {
  if (loaded.kind === 'empty' || loaded.state.isClean || loaded.state.clusterId === null) return false;
  return bootId === null || loaded.bootId === null || loaded.bootId === bootId;
}

function overruledBy(identity: Identity, wishes: Wishes): Decided['overruled'] {
  const overruled: { setting: string; sentence: string }[] = [];
  if (identity.clusterName !== wishes.clusterName) {
    overruled.push({
      setting: 'cluster',
      sentence: `the state belongs to cluster ${identity.clusterName}, so --cluster ${wishes.clusterName} is not followed`,
    });
  }
  if (identity.profile !== wishes.profile) {
    overruled.push({
      setting: 'profile',
      sentence: `timings are set when a cluster is made: profile ${identity.profile} stays, --profile ${wishes.profile} is not followed`,
    });
  }
  if (identity.record !== null && identity.record.maxVoters !== wishes.maxVoters) {
    overruled.push({
      setting: 'max-voters',
      sentence: `the number of voters is set when a cluster is made: at most ${identity.record.maxVoters} stays, --max-voters ${wishes.maxVoters} is not followed`,
    });
  }
  return overruled;
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
