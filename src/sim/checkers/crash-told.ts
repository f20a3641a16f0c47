// L2: a process that dies is told as failed, by everyone, within T_fail and one commit. Asked of each crash at which nothing else is
// wrong and until then nothing else goes wrong: all links whole, everyone else running and quorate under one record that names
// a majority of them, and knowing the dead one. Crashes of one instant are one crash of several.

import type { CoreEvent, NodeId } from '../../core/index.ts';
import type { End, Host } from '../host.ts';
import type { CheckedWorld, Checker } from './checker.ts';

/** One commit and its way to everyone, in heartbeats, and never less than this. */
const COMMIT_HEARTBEATS = 4;
const COMMIT_MS_MIN = 2000;
/** Nothing was wrong for so long before, beside the longest delay of any packet under way. */
const QUIET_MS = 3000;

interface Crash {
  readonly id: NodeId;
  readonly name: string;
  readonly incarnation: number;
  readonly atMs: number;
  readonly waiting: Set<Host>;
}

export class CrashTold implements Checker {
  readonly rule = 'L2-crash-is-told';
  readonly #world: CheckedWorld;
  readonly #withinMs: number;
  #crashes: Crash[] = [];
  #wrongMs = 0;
  #linksSeen = 0;

  constructor(world: CheckedWorld, heartbeatMs: number) {
    this.#world = world;
    this.#withinMs = world.failMsMax + Math.max(COMMIT_MS_MIN, COMMIT_HEARTBEATS * heartbeatMs);
  }

  started(): void {
    this.#excuse();
  }

  ended(host: Host, end: End): string | null {
    const { nowMs } = this.#world;
    const others = this.#world.hosts.filter((other) => other.process !== null);
    if (end.kind !== 'killed' || !this.#isCalm() || !this.#stand(others, host)) {
      this.#excuse();
      return null;
    }
    const { id, name } = host.identity;
    for (const crash of this.#crashes) crash.waiting.delete(host);
    this.#crashes.push({ id, name, incarnation: this.#world.leases.of(host).incarnation, atMs: nowMs, waiting: new Set(others) });
    return null;
  }

  told(host: Host, event: CoreEvent): string | null {
    // A machine whose clocks jump fences itself, as it should.
    if (event.type === 'fenced') this.#excuse();
    if (event.type === 'member-failed')
      for (const crash of this.#crashes) if (crash.id === event.id && event.incarnation >= crash.incarnation) crash.waiting.delete(host);
    return null;
  }

  polled(): string | null {
    const { nowMs, links, hosts } = this.#world;
    const isWrong =
      !links.isWhole ||
      links.changeCount !== this.#linksSeen ||
      hosts.some(({ process, isRunning, disk }) => process !== null && (!isRunning || disk.health !== 'good'));
    this.#linksSeen = links.changeCount;
    if (isWrong) this.#excuse();
    for (const { name, atMs, waiting } of this.#crashes) {
      const [first] = waiting;
      if (first !== undefined && nowMs > atMs + this.#withinMs)
        return `${first.name} has not told that ${name} failed, ${(nowMs - atMs).toFixed(0)} ms after it was killed, bound ${this.#withinMs.toFixed(0)} ms`;
    }
    this.#crashes = this.#crashes.filter(({ waiting }) => waiting.size > 0);
    return null;
  }

  #excuse(): void {
    this.#crashes = [];
    this.#wrongMs = this.#world.nowMs;
  }

  #isCalm(): boolean {
    return this.#world.nowMs - this.#wrongMs > QUIET_MS + this.#world.delayMsMax;
  }

  #stand(others: readonly Host[], dead: Host): boolean {
    const { leases } = this.#world;
    const record = others[0]?.process?.node.record ?? null;
    if (record === null || dead.isCopy) return false;
    for (const other of others) {
      const node = other.process?.node;
      if (node === undefined || node.record?.version !== record.version || !leases.isQuorate(leases.of(other))) return false;
      const row = node.members(other.clock.nowMs()).find(({ id }) => id === dead.identity.id);
      if (row === undefined || row.incarnation !== leases.of(dead).incarnation || (row.state !== 'alive' && row.state !== 'suspect'))
        return false;
    }
    const standing = record.voters.filter(({ id }) => others.some((other) => other.process?.node.id === id));
    return standing.length > record.voters.length / 2;
  }
}
