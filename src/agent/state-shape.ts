// The content of a state file, field by field: from a durable state to plain JSON and back, every shape checked.
// Format 2 holds what the record needs (R2, R3, R7, R12); format 1 is that without. Bytes and checksum are state-file.ts's.

import {
  clusterId,
  type DurableState,
  INCARNATION_MAX,
  type Incarnation,
  incarnation,
  isProfileName,
  type NodeId,
  nodeId,
  type ProfileName,
  runNonce,
} from '../core/index.ts';
import { countAt, type Fields, fieldsAt, flagAt, hex32At, listAt, Misshapen, oneOfAt, orNull, textAt } from './json-shape.ts';

type Record2 = NonNullable<DurableState['record']>;
type AcceptorState = NonNullable<DurableState['acceptor']>;
type Accepted = NonNullable<AcceptorState['accepted']>;
type Ballot = Accepted['ballot'];
type Change = Accepted['change'];
type Fence = NonNullable<DurableState['fence']>;

export interface StoredState {
  readonly state: DurableState;
  /** Of the boot under which it was written; null where the system tells none, and in format 1. */
  readonly bootId: string | null;
}

const FENCE_REASONS = ['lease-lapsed', 'condemned', 'superseded', 'storage'] as const satisfies readonly Fence['reason'][];

/** Nobody ever saw it: a life that names it as its predecessor's shows no succession (R9), so its age has to do. */
const NONCE_OF_FORMAT_1 = '0'.repeat(32);

// Named one by one, so that the order in the file, and with it the checksum, does not hang on how the object was made.
export function bodyOf({ state, bootId }: StoredState): Fields {
  return {
    id: state.id,
    storeId: state.storeId,
    clusterName: state.clusterName,
    clusterId: state.clusterId,
    profile: state.profile,
    incarnation: state.incarnation,
    bornIncarnation: state.bornIncarnation,
    isClean: state.isClean,
    writeCount: state.writeCount,
    nonce: state.nonce,
    record: state.record,
    acceptor: state.acceptor,
    vote: state.vote,
    fence: state.fence,
    bootId,
  };
}

/** Throws Misshapen. */
export function storedStateOf(of: Fields, format: 1 | 2): StoredState {
  // Below the maximum, because the next life is this one + 1.
  const life = incarnationAt(of.incarnation, 'incarnation', INCARNATION_MAX - 1);
  const state: DurableState = {
    id: idAt(of.id, 'id'),
    storeId: hex32At(of.storeId, 'storeId'),
    clusterName: textAt(of.clusterName, 'clusterName'),
    clusterId: orNull(of.clusterId, (value) => clusterId(hex32At(value, 'clusterId'))),
    profile: profileAt(of.profile, 'profile'),
    incarnation: life,
    bornIncarnation: incarnationAt(of.bornIncarnation, 'bornIncarnation', life),
    isClean: flagAt(of.isClean, 'isClean'),
    writeCount: countAt(of.writeCount, 'writeCount'),
    nonce: runNonce(format === 1 ? NONCE_OF_FORMAT_1 : hex32At(of.nonce, 'nonce')),
    record: format === 1 ? null : orNull(of.record, recordAt),
    acceptor: format === 1 ? null : orNull(of.acceptor, acceptorAt),
    vote: format === 1 ? null : orNull(of.vote, (value) => listAt(value, 'vote', idAt)),
    fence: format === 1 ? null : orNull(of.fence, fenceAt),
  };
  return { state, bootId: format === 1 ? null : orNull(of.bootId, (value) => textAt(value, 'bootId')) };
}

function recordAt(value: unknown): Record2 {
  const of = fieldsAt(value, 'record');
  const leader = orNull(of.leader, (one) => {
    const named = fieldsAt(one, 'record.leader');
    return { ...lifeAt(named, 'record.leader'), token: countAt(named.token, 'record.leader.token') };
  });
  const voters = listAt(of.voters, 'record.voters', voterAt);
  if (voters.length === 0) throw new Misshapen('its record has no voter');
  return {
    version: countAt(of.version, 'record.version'),
    epoch: countAt(of.epoch, 'record.epoch'),
    voters,
    profile: profileAt(of.profile, 'record.profile'),
    maxVoters: countAt(of.maxVoters, 'record.maxVoters'),
    replaceAfterMs: countAt(of.replaceAfterMs, 'record.replaceAfterMs'),
    condemned: listAt(of.condemned, 'record.condemned', lifeAt),
    floor: incarnationAt(of.floor, 'record.floor'),
    leader,
  };
}

function acceptorAt(value: unknown): AcceptorState {
  const of = fieldsAt(value, 'acceptor');
  return {
    version: countAt(of.version, 'acceptor.version'),
    promised: orNull(of.promised, (one) => ballotAt(one, 'acceptor.promised')),
    accepted: orNull(of.accepted, (one) => {
      const accepted = fieldsAt(one, 'acceptor.accepted');
      return { ballot: ballotAt(accepted.ballot, 'acceptor.accepted.ballot'), change: changeAt(accepted.change) };
    }),
  };
}

function ballotAt(value: unknown, what: string): Ballot {
  const of = fieldsAt(value, what);
  return { round: countAt(of.round, `${what}.round`), ...lifeAt(of, what), sequence: countAt(of.sequence, `${what}.sequence`) };
}

function changeAt(value: unknown): Change {
  const of = fieldsAt(value, 'accepted change');
  return {
    condemn: listAt(of.condemn, 'accepted change.condemn', lifeAt),
    reap: listAt(of.reap, 'accepted change.reap', idAt),
    voters: orNull(of.voters, voterChangeAt),
    leader: orNull(of.leader, (one) => {
      const leader = fieldsAt(one, 'accepted change.leader');
      const kind = oneOfAt(leader.kind, 'accepted change.leader.kind', ['name', 'none'] as const);
      return kind === 'none' ? { kind } : { kind, ...lifeAt(leader, 'accepted change.leader') };
    }),
  };
}

function voterChangeAt(value: unknown): NonNullable<Change['voters']> {
  const of = fieldsAt(value, 'accepted change.voters');
  const kind = oneOfAt(of.kind, 'accepted change.voters.kind', ['add', 'remove'] as const);
  return kind === 'add' ? { kind, voter: voterAt(of.voter, 'accepted change.voters.voter') } : { kind, id: idAt(of.id, 'removed voter') };
}

function voterAt(value: unknown, what: string): Record2['voters'][number] {
  const of = fieldsAt(value, what);
  return { id: idAt(of.id, `${what}.id`), storeId: hex32At(of.storeId, `${what}.storeId`) };
}

function lifeAt(value: unknown, what: string): { readonly id: NodeId; readonly incarnation: Incarnation } {
  const of = fieldsAt(value, what);
  return { id: idAt(of.id, `${what}.id`), incarnation: incarnationAt(of.incarnation, `${what}.incarnation`) };
}

function fenceAt(value: unknown): Fence {
  const of = fieldsAt(value, 'fence');
  return { reason: oneOfAt(of.reason, 'fence.reason', FENCE_REASONS), message: textAt(of.message, 'fence.message') };
}

function idAt(value: unknown, what: string): NodeId {
  return nodeId(hex32At(value, what));
}

function incarnationAt(value: unknown, what: string, max = INCARNATION_MAX): Incarnation {
  return incarnation(countAt(value, what, max));
}

function profileAt(value: unknown, what: string): ProfileName {
  const text = textAt(value, what);
  if (!isProfileName(text)) throw new Misshapen(`its ${what} is unknown`);
  return text;
}
