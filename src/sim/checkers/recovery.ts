// L1 and L5, asked only of calm spells: once all faults are healed every member becomes quorate again, everyone holds the same
// record, it names a leader that leads, and no decision stays stuck; and it stays so until the spell ends.

import type { ClusterRecord, NodeId } from '../../core/index.ts';
import { majorityKeeps } from '../disk.ts';
import type { End, Host } from '../host.ts';
import type { CheckedWorld, Checker } from './checker.ts';
import type { CalmSpell } from './convergence.ts';

/** Long enough for any proposer's turn. */
const STUCK_MS = 8000;

export class Recovery implements Checker {
  readonly rule = 'L1-L5-recovery';
  readonly #world: CheckedWorld;
  readonly #spells: CalmSpell[] = [];
  /** Hosts whose last process left or stopped cleanly. */
  readonly #departed = new Set<number>();
  readonly #acceptedSince = new Map<number, { version: number; atMs: number }>();

  constructor(world: CheckedWorld) {
    this.#world = world;
  }

  add(spell: CalmSpell): void {
    this.#spells.push(spell);
  }

  ended(host: Host, end: End): string | null {
    if (end.kind === 'exited' && (end.reason === 'left' || end.reason === 'stopped')) this.#departed.add(host.index);
    else this.#departed.delete(host.index);
    return null;
  }

  polled(): string | null {
    const { nowMs } = this.#world;
    for (const { fromMs, withinMs, untilMs } of this.#spells) {
      if (nowMs < fromMs + withinMs || nowMs > untilMs) continue;
      const problem = this.#problem(withinMs);
      if (problem !== null && !this.#isLostForGood())
        return `${(nowMs - fromMs).toFixed(0)} ms after the last fault, bound ${withinMs} ms: ${problem}`;
    }
    return null;
  }

  #problem(withinMs: number): string | null {
    const { hosts, leases, nowMs } = this.#world;
    let version: number | undefined;
    let first = '';
    let isLed = false;
    let mayBeLed = false;
    for (const host of hosts) {
      const node = host.process?.node;
      // Who leaves is not to be quorate; that its leave ends is asked elsewhere.
      if (node === undefined || node.standing === 'leaving') continue;
      // Leaves of voters take a dwell each; who was wanted back after one is as new, and has the whole time from its start.
      const isNew = this.#departed.has(host.index) && nowMs - host.runningSinceMs < withinMs;
      const lease = leases.of(host);
      if (!isNew && !leases.isQuorate(lease)) return `${host.name} is not quorate (${node.standing}); ${this.#situation()}`;
      isLed ||= leases.isLeader(lease);
      mayBeLed ||= host.launch.canLead !== false;
      if (isNew) continue;
      const held = node.record?.version ?? 0;
      version ??= held;
      if (first === '') first = host.name;
      // A change may be on its way; that it arrives everywhere is seen at the next poll but one.
      if (Math.abs(held - version) > 1) return `${host.name} holds version ${held}, ${first} holds ${version}`;
      if (host.disk.durable?.acceptor?.accepted != null && this.#isStuck(host.index, held))
        return `${host.name} has accepted version ${held + 1} and it is not decided`;
    }
    return isLed || !mayBeLed ? null : `nobody leads; ${this.#situation()}`;
  }

  /**
   * So many voters of the newest record have lost their disks that the rest is no majority: then nothing but `recover --force` helps.
   * A leave that shrinks the set while a disk is lost that nobody misses yet can come to that.
   */
  #isLostForGood(): boolean {
    const { hosts } = this.#world;
    let newest: ClusterRecord | null = null;
    for (const { disk } of hosts) {
      const record = disk.durable?.record ?? null;
      if (record !== null && record.version > (newest?.version ?? 0)) newest = record;
    }
    const disks = hosts.map(({ disk }) => disk);
    return newest !== null && !majorityKeeps(newest, disks);
  }

  /** What each process holds, for whoever has to find out why. */
  #situation(): string {
    const { hosts, identities, leases } = this.#world;
    const nameOf = (id: NodeId): string => {
      const host = identities.get(id)?.host;
      return host === undefined ? '?' : `${host.name}${host.disk.durable?.id === id ? '' : ' (lost)'}`;
    };
    const lines: string[] = [];
    for (const host of hosts) {
      const node = host.process?.node;
      const record = host.disk.durable?.record ?? null;
      if (node === undefined) continue;
      const voters =
        record === null
          ? 'no record'
          : `v${record.version} voters ${record.voters.map(({ id }) => nameOf(id)).join(',')} leader ${record.leader === null ? 'nobody' : nameOf(record.leader.id)}`;
      lines.push(`${host.name}${leases.isQuorate(leases.of(host)) ? '' : ` ${node.standing}`}: ${voters}`);
    }
    return lines.join('; ');
  }

  #isStuck(hostIndex: number, version: number): boolean {
    const known = this.#acceptedSince.get(hostIndex);
    if (known === undefined || known.version !== version) {
      this.#acceptedSince.set(hostIndex, { version, atMs: this.#world.nowMs });
      return false;
    }
    return this.#world.nowMs - known.atMs > STUCK_MS;
  }
}
