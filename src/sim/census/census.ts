// Watches a world for some time and says what it came to: who was seen dead or new by all, who was thought ill of wrongly, what was sent,
// how often the record changed. An event costs O(1), a packet two additions; nothing in the world is changed and no chance is drawn.

import type { Transport } from '../../agent/ports.ts';
import type { CoreEvent, NodeId } from '../../core/index.ts';
import type { Host } from '../host.ts';
import type { Watcher, World } from '../world.ts';
import type { Figures } from './figures.ts';
import { Health } from './health.ts';
import { Meter } from './meter.ts';
import { OpinionCount } from './opinions.ts';
import { Subject, type Subjects } from './sightings.ts';

/** What was thought of a member while it was ill is told everywhere, or taken back, within so many T_fail. */
const GRACE = 2;

export class Census implements Watcher {
  readonly health: Health;
  readonly #world: World;
  readonly #meter = new Meter();
  #opinions = new OpinionCount();
  readonly #victims: Subjects = new Map();
  readonly #newcomers: Subjects = new Map();
  readonly #shownMs: (number | null)[] = [];
  readonly #quorateMs: (number | null)[] = [];
  #version = 0;
  #versionBefore = 0;
  /** Versions that named a leader: a token is the version at which its holder was named (R10). */
  readonly #namings = new Set<number>();
  #sinceMs = 0;

  constructor(world: World) {
    this.#world = world;
    this.health = new Health(GRACE * world.failMsMax);
  }

  told(host: Host, event: CoreEvent): void {
    if (event.type === 'record-changed') {
      this.#version = Math.max(this.#version, event.version);
      return;
    }
    if (event.type === 'leader-changed' && event.token !== null) this.#namings.add(event.token);
    if (!('id' in event)) return;
    this.#opinions.told(event, this.#isHealthy, () => this.health.isHealthy(host.index, this.#world.nowMs));
    const subject = this.#victims.get(event.id) ?? this.#newcomers.get(event.id);
    subject?.told(host.index, event.type, this.#world.nowMs);
  }

  metered(host: Host, inner: Transport): Transport {
    return this.#meter.metered(host.index, inner);
  }

  /** All figures count from now on. */
  begin(): void {
    this.#sinceMs = this.#world.nowMs;
    this.#meter.reset();
    this.#opinions = new OpinionCount();
    this.#versionBefore = this.#version;
  }

  /** These died at this instant. */
  died(hosts: readonly Host[]): void {
    for (const host of hosts) this.#victims.set(host.identity.id, this.#subject());
  }

  /** Started at this instant. */
  joined(host: Host): void {
    this.#newcomers.set(host.identity.id, this.#subject(host));
  }

  /** Null: it did not come to pass. */
  allShown(afterMs: number | null): void {
    this.#shownMs.push(afterMs);
  }

  allQuorate(afterMs: number | null): void {
    this.#quorateMs.push(afterMs);
  }

  /** Up to now. */
  figures(): Figures {
    const { hosts, nowMs, violation } = this.#world;
    const seconds = Math.max(1, nowMs - this.#sinceMs) / 1000;
    const traffic = hosts.filter((host) => host.process !== null).map(({ index }) => this.#meter.of(index));
    return {
      suspectedMs: [...this.#victims.values()].map((victim) => victim.lastMs('suspected')),
      failedMs: [...this.#victims.values()].map((victim) => victim.lastMs('failed')),
      shownMs: [...this.#shownMs, ...[...this.#newcomers.values()].map((newcomer) => newcomer.lastMs('joined'))],
      quorateMs: this.#quorateMs,
      opinions: this.#opinions.counts,
      bytes: traffic.map(({ bytes }) => bytes / seconds),
      packets: traffic.map(({ packets }) => packets / seconds),
      views: [this.#version - this.#versionBefore - [...this.#namings].filter((version) => version > this.#versionBefore).length],
      violations:
        violation === null ? [] : [`${violation.rule} at ${(violation.atMs / 1000).toFixed(3)} s, ${violation.host}: ${violation.message}`],
    };
  }

  #subject(newcomer: Host | null = null): Subject {
    const { hosts, nowMs } = this.#world;
    const observers = hosts.filter((host) => host.process !== null && host !== newcomer).map(({ index }) => index);
    return new Subject(nowMs, observers, hosts.length);
  }

  readonly #isHealthy = (id: NodeId): boolean => {
    const host = this.#world.identities.get(id)?.host;
    return host?.isRunning === true && this.health.isHealthy(host.index, this.#world.nowMs);
  };
}
