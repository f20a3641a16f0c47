// Standing difficulties of this node itself, in words: what it is, and what to do.

import type { LocalHealth } from '../detector/index.ts';
import type { MonotonicMs } from '../time.ts';
import type { Timings } from '../timings.ts';
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

export function quorumProblems(quorum: QuorumView | null, withheldMs: number, { failMs }: Timings): Problem[] {
  if (quorum === null || quorum.canLose > 0) return [];
  const { acking, voters, needed } = quorum;
  if (withheldMs > 0 && acking > needed) {
    return [
      {
        code: 'acks-withheld',
        message: `this voter started a moment ago and may not acknowledge all others for another ${Math.ceil(withheldMs)} ms: it does not know whom it acknowledged before`,
        hint: 'stop no other voter before that: quorate wait can-lose=1',
      },
    ];
  }
  return [
    {
      code: 'can-lose-none',
      message: `${acking} of ${voters} voters acknowledge and ${needed} are needed: losing one more fences everybody`,
      hint:
        voters < 3
          ? 'run at least three agents; a small third one as a witness (--no-lead) is enough'
          : `see whose acknowledgement is missing: quorate voters. Bring back who is down; who has just started gives it ${failMs / 1000} s later`,
    },
  ];
}

/** A node that is itself slow or deaf blames nobody, and says so. */
export function healthProblems(health: LocalHealth, watchedCount: number, { lagMs: lagAllowedMs }: Timings, now: MonotonicMs): Problem[] {
  const problems: Problem[] = [];
  const lagMs = health.lagMs(now);
  if (lagMs > lagAllowedMs) {
    problems.push({
      code: 'runs-late',
      message: `this agent runs ${Math.round(lagMs)} ms late: its host is short of CPU, or was stopped for a moment`,
      hint: 'look at the load of this host (`uptime`, `top`) and at CPU limits of its service or container; it suspects others later meanwhile',
    });
  }
  if (health.blamedOnSelf > 0) {
    problems.push({
      code: 'hears-few',
      message: `${health.blamedOnSelf} of ${watchedCount} others are late to be heard here, more than half: the fault is more likely at this host`,
      hint: 'look at the network of this host and at its firewall (UDP to its port)',
    });
  }
  return problems;
}
