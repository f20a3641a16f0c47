// What two accounts of one member come to: the join of a lattice, so it commutes, associates and repeats harmlessly,
// in whatever order the network delivers.
//
// A life is (incarnation, tag): the higher one stands and the lower says nothing any more. The tag decides between two
// processes that claim one incarnation (a copied state directory): all observers pick the same one.
// Within a life each part grows by itself: the verdict's rank, the counter, the version of the facts. A verdict outranks
// every counter of its life: a dead member stays dead until a higher incarnation.

import type { Tag } from '../hash.ts';
import type { Facts, MemberState } from '../message.ts';
import { MEMBER_STATES } from '../message.ts';
import { sameFacts } from './lives.ts';

export interface Account {
  readonly incarnation: number;
  readonly tag: Tag;
  readonly state: MemberState;
  readonly counter: number;
  readonly facts: Facts;
}

/** What hearing an account of a known member brings. */
export interface MergeVerdict {
  /** `higher`: all of it replaces what is known. `lower`: none of it counts, the teller is behind. */
  readonly life: 'higher' | 'same' | 'lower';
  /** Within the same life: */
  readonly isVerdictNews: boolean;
  readonly isCounterNews: boolean;
  readonly areFactsNews: boolean;
  /** The teller holds a member alive whose end is known here. */
  readonly isTellerBehind: boolean;
}

/** An honest incarnation moves by ones; a leap this far is a broken or hostile teller (it could otherwise end every later life). */
export const INCARNATION_LEAP_MAX = 2 ** 32;

export function stateRank(state: MemberState): number {
  return MEMBER_STATES.indexOf(state);
}

export function compareLives(incarnationA: number, tagA: Tag, incarnationB: number, tagB: Tag): number {
  if (incarnationA !== incarnationB) return incarnationA - incarnationB;
  if (tagA.hi !== tagB.hi) return tagA.hi - tagB.hi;
  return tagA.lo - tagB.lo;
}

/** Facts of one life are ordered by their version; equal versions that differ (nobody honest sends them) by their text, only to agree. */
export function compareFacts(a: Facts, b: Facts): number {
  if (a.meta.version !== b.meta.version) return a.meta.version - b.meta.version;
  if (a === b || sameFacts(a, b)) return 0;
  const textA = factsText(a);
  const textB = factsText(b);
  return textA < textB ? -1 : textA > textB ? 1 : 0;
}

function factsText(of: Facts): string {
  const { name, address, meta } = of;
  return JSON.stringify([name, address, meta.restarts, meta.zone, meta.software, meta.canVote, meta.tags]);
}

export function mergeMember(known: Account, heard: Account): MergeVerdict {
  const lives = compareLives(heard.incarnation, heard.tag, known.incarnation, known.tag);
  if (lives > 0) return HIGHER;
  if (lives < 0) return LOWER;
  const ranks = stateRank(heard.state) - stateRank(known.state);
  return {
    life: 'same',
    isVerdictNews: ranks > 0,
    isCounterNews: heard.counter > known.counter,
    areFactsNews: compareFacts(heard.facts, known.facts) > 0,
    isTellerBehind: ranks < 0,
  };
}

const HIGHER: MergeVerdict = { life: 'higher', isVerdictNews: true, isCounterNews: true, areFactsNews: true, isTellerBehind: false };
const LOWER: MergeVerdict = { life: 'lower', isVerdictNews: false, isCounterNews: false, areFactsNews: false, isTellerBehind: true };
