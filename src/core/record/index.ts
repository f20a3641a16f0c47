// The door of record/.

export type { AcceptorState, Ballot, Change, ClusterRecord, Condemned, Leadership, Voter } from '../record-shapes.ts';
export { Acceptor, type AcceptVerdict, type Prepared } from './acceptor.ts';
export { compareBallots } from './ballot.ts';
export { Attempt, type Phase, type Poll, type PromiseFrom } from './proposer.ts';
export { majorityOf, quorumsIntersect } from './quorum.ts';
export {
  type Applied,
  applyChange,
  condemnedBy,
  genesis,
  isCondemned,
  isVoter,
  NO_CHANGE,
} from './record.ts';
