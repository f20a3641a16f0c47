// Liveness, asked only of calm spells: within the bound after the faults healed, every list shows exactly the living processes as
// alive, at their incarnation and address, and stays so until the spell ends; a suspicion, which is reversible, may come and go after that.
// Counts are compared at every poll, whole lists (of watched hosts) once the counts agree.

import type { Host } from '../host.ts';
import type { CheckedWorld, Checker } from './checker.ts';

/** No fault is active from `fromMs` on; all lists agree from `fromMs + withinMs` to `untilMs`. */
export interface CalmSpell {
  readonly fromMs: number;
  readonly withinMs: number;
  readonly untilMs: number;
}

export class Convergence implements Checker {
  readonly rule = 'convergence';
  readonly #world: CheckedWorld;
  readonly #isWatched: (host: Host) => boolean;
  readonly #spells: { readonly spell: CalmSpell; convergedMs: number | null }[] = [];

  constructor(world: CheckedWorld, isWatched: (host: Host) => boolean) {
    this.#world = world;
    this.#isWatched = isWatched;
  }

  add(spell: CalmSpell): void {
    this.#spells.push({ spell, convergedMs: null });
  }

  /** How long each spell took, in the order they were announced; null if it did not (yet). */
  get tookMs(): readonly (number | null)[] {
    return this.#spells.map(({ spell, convergedMs }) => (convergedMs === null ? null : convergedMs - spell.fromMs));
  }

  polled(): string | null {
    const nowMs = this.#world.nowMs;
    for (const progress of this.#spells) {
      const { spell } = progress;
      if (nowMs < spell.fromMs || nowMs > spell.untilMs) continue;
      const isOverdue = nowMs >= spell.fromMs + spell.withinMs;
      if (progress.convergedMs !== null && !isOverdue) continue;
      const difference = this.#difference(progress.convergedMs === null);
      if (difference === null) progress.convergedMs ??= nowMs;
      else if (isOverdue) {
        const sinceMs = nowMs - spell.fromMs;
        const earlier = progress.convergedMs === null ? '' : ` (it did agree after ${(progress.convergedMs - spell.fromMs).toFixed(0)} ms)`;
        return `${sinceMs.toFixed(0)} ms after the last fault, bound ${spell.withinMs} ms: ${difference}${earlier}`;
      }
    }
    return null;
  }

  #difference(isWhole: boolean): string | null {
    const { hosts } = this.#world;
    let livingCount = 0;
    for (let i = 0; i < hosts.length; i++) if (hosts[i]!.process !== null) livingCount += 1;
    for (let i = 0; i < hosts.length; i++) {
      const host = hosts[i]!;
      if (host.process === null) continue;
      const { alive, suspect } = host.process.node.counts(host.clock.nowMs());
      if (alive + suspect !== livingCount) return `${host.name} counts ${alive} alive and ${suspect} suspect of ${livingCount}`;
    }
    if (!isWhole) return null;
    for (let i = 0; i < hosts.length; i++) {
      if (hosts[i]!.process === null || !this.#isWatched(hosts[i]!)) continue;
      const problem = this.#wrongRow(hosts[i]!);
      if (problem !== null) return problem;
    }
    return null;
  }

  // Counts agree, so a list that shows only living processes, rightly, shows them all.
  #wrongRow(host: Host): string | null {
    const members = host.process!.node.members(host.clock.nowMs());
    for (let i = 0; i < members.length; i++) {
      const member = members[i]!;
      if (member.state === 'suspect') return `${host.name} suspects ${member.name}`;
      if (member.state !== 'alive') continue;
      const subject = this.#world.identities.get(member.id);
      const node = subject?.goneSinceMs === null ? subject.host.process?.node : undefined;
      if (subject === undefined || node === undefined) return `${host.name} shows ${member.name} alive, which is not running`;
      if (member.incarnation !== node.incarnation)
        return `${host.name} shows ${member.name} as ${member.incarnation}, it lives as ${node.incarnation}`;
      if (member.address !== subject.host.address)
        return `${host.name} shows ${member.name} at ${member.address}, it is at ${subject.host.address}`;
    }
    return null;
  }
}
