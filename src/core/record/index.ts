// The door of record/.

export { Acceptor, type AcceptorState, type AcceptVerdict, type Prepared } from './acceptor.ts';
export { type Ballot, compareBallots } from './ballot.ts';
export { Attempt, type Phase, type Poll, type PromiseFrom } from './proposer.ts';
export { majorityOf, quorumsIntersect } from './quorum.ts';
export {
  type Applied,
  applyChange,
  type Change,
  type ClusterRecord,
  type Condemned,
  condemnedBy,
  genesis,
  isCondemned,
  isVoter,
  type Leadership,
  NO_CHANGE,
  type Voter,
} from './record.ts';
