// A verdict stands: once a run shows (id, incarnation) as failed, left or stopped, or has said so in an event, it never shows that
// incarnation as alive again. Kept for 2 × T_fail after the row was last seen so, which is how long tombstones stay at least.

import type { CoreEvent, MemberView, NodeId } from '../../core/index.ts';
import type { Host } from '../host.ts';
import type { CheckedWorld, Checker } from './checker.ts';

interface Verdict {
  incarnation: number;
  state: string;
  seenMs: number;
}

export class NoResurrection implements Checker {
  readonly rule = 'no-resurrection';
  readonly #world: CheckedWorld;
  readonly #verdicts: (Map<NodeId, Verdict> | undefined)[] = [];

  constructor(world: CheckedWorld) {
    this.#world = world;
  }

  started(host: Host): void {
    this.#verdicts[host.index] = new Map();
  }

  told(host: Host, event: CoreEvent): string | null {
    switch (event.type) {
      case 'member-failed':
        this.#remember(host, event.id, event.incarnation, 'failed');
        return null;
      case 'member-left':
        this.#remember(host, event.id, event.incarnation, 'left');
        return null;
      case 'member-stopped':
        this.#remember(host, event.id, event.incarnation, 'stopped');
        return null;
      case 'member-alive':
      case 'member-joined':
      case 'member-suspect':
        return this.#judge(host, event.id, event.incarnation, `${event.type} is told of ${event.member}`);
      default:
        return null;
    }
  }

  viewed(host: Host, members: readonly MemberView[]): string | null {
    for (let i = 0; i < members.length; i++) {
      const member = members[i]!;
      if (member.state !== 'alive' && member.state !== 'suspect') {
        this.#remember(host, member.id, member.incarnation, member.state);
        continue;
      }
      const problem = this.#judge(host, member.id, member.incarnation, `${member.name} is shown ${member.state}`);
      if (problem !== null) return problem;
    }
    return null;
  }

  #remember(host: Host, id: NodeId, incarnation: number, state: string): void {
    const verdicts = this.#verdicts[host.index]!;
    const known = verdicts.get(id);
    if (known === undefined) verdicts.set(id, { incarnation, state, seenMs: this.#world.nowMs });
    else if (incarnation >= known.incarnation) {
      known.incarnation = incarnation;
      known.state = state;
      known.seenMs = this.#world.nowMs;
    }
  }

  #judge(host: Host, id: NodeId, incarnation: number, what: string): string | null {
    const verdict = this.#verdicts[host.index]!.get(id);
    if (verdict === undefined || incarnation > verdict.incarnation) return null;
    const sinceMs = this.#world.nowMs - verdict.seenMs;
    if (sinceMs > 2 * this.#world.failMsMax) return null;
    return `${what} as incarnation ${incarnation}, which was ${verdict.state} here ${sinceMs.toFixed(0)} ms ago (incarnation ${verdict.incarnation})`;
  }
}
