// Standing difficulties of this node itself, in words: what it is, and what to do.

import type { Problem, QuorumView } from '../view.ts';

export function profileProblems(wished: string, inForce: string): Problem[] {
  if (wished === inForce) return [];
  return [
    {
      code: 'profile-differs',
      message: `the cluster runs with profile ${inForce}; --profile ${wished} is not used here`,
      hint: `a cluster's timings are set when it is created; start this agent with --profile ${inForce}`,
    },
  ];
}

/** R13. */
export function orphanProblems(silentMs: number): Problem[] {
  if (silentMs <= 0) return [];
  return [
    {
      code: 'waiting-for-orphans',
      message: `the last run ended uncleanly: processes it supervised may still run, so this one stays silent for another ${Math.ceil(silentMs)} ms`,
      hint: 'nothing to do; stop agents by TERM to spare this wait',
    },
  ];
}

export function quorumProblems(quorum: QuorumView | null): Problem[] {
  if (quorum === null || quorum.canLose > 0) return [];
  const { acking, voters, needed } = quorum;
  return [
    {
      code: 'can-lose-none',
      message: `${acking} of ${voters} voters acknowledge and ${needed} are needed: losing one more fences everybody`,
      hint:
        voters < 3
          ? 'run at least three agents; a small third one as a witness (--no-lead) is enough'
          : 'bring the missing voters back: quorate members',
    },
  ];
}
