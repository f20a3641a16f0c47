// What scenes are written with: hosts that start, faults, commands, and expectations at an instant or throughout.
// Rule kept: bounds are measured from the instant the cause ended, in the world's time, and are the same in all scenes.

import type { EventType, Random, ShownState } from '../../core/index.ts';
import { describeFault, type Fault, type Harm, inflict } from '../faults.ts';
import type { Host, Launch } from '../host.ts';
import { seedOf, type World } from '../world.ts';

/** After a death everyone alive shows it within T_fail of the slowest clock and this: one more round, one more hop. */
const VERDICT_SLACK_MS = 2000;
const JOIN_MS = 10_000;
const PASSAGES_EVERY_MS = 1000;

export class Stage {
  readonly world: World;
  /** Of the run. */
  readonly seed: number;
  readonly nodes: number;
  readonly untilMs: number;
  readonly random: Random;
  readonly faults: string[] = [];

  constructor(world: World, nodes: number, untilMs: number, seed = 0) {
    this.world = world;
    this.seed = seed;
    this.nodes = nodes;
    this.untilMs = untilMs;
    this.random = world.chance('scene');
  }

  /** All lists agree this long after the last fault: room for a death to be noticed, a denied one to come back, and a seed to be tried again. */
  get calmMs(): number {
    return Math.ceil(Math.max(10_000, 4 * this.world.failMsMax));
  }

  /** A death is shown by everyone after this. */
  get verdictMs(): number {
    return this.world.failMsMax + VERDICT_SLACK_MS;
  }

  /** Names n1, n2, …; the first founds the cluster. */
  addHosts(seeds: readonly string[]): void {
    for (let i = 0; i < this.nodes; i++) this.world.addHost({ name: nameOf(i), isFounder: i === 0, seeds: seeds.map(seedOf) });
  }

  /** In order, evenly over the time given. */
  startHosts(overMs: number): void {
    const { hosts } = this.world;
    for (const host of hosts) this.at((overMs * host.index) / hosts.length, () => host.start());
  }

  /** All hosts of the scene, joined through the first, up within a second. */
  usual(): void {
    this.addHosts(['n1']);
    this.startHosts(1000);
  }

  /** As if all had agreed before: the first `voters` hosts of the scene vote, the rest are members. All up within a second. */
  founded(voters: number, launch: (index: number) => Partial<Launch> = () => ({})): void {
    const seeds = range(0, this.nodes).map(nameOf).map(seedOf);
    for (const index of range(0, this.nodes)) this.world.addHost({ name: nameOf(index), isFounder: false, seeds, ...launch(index) });
    this.world.foundTogether(this.world.hosts.slice(0, voters), this.world.hosts.slice(voters));
    this.startHosts(1000);
  }

  host(index: number): Host {
    return this.world.hosts[index]!;
  }

  at(ms: number, action: () => void): void {
    this.world.scheduler.at(ms, action);
  }

  inflict(startMs: number, endMs: number, harm: Harm): void {
    this.inflictFault({ startMs, endMs, harm });
  }

  inflictFault(fault: Fault): void {
    this.faults.push(describeFault(fault, this.world.hosts));
    inflict(this.world, fault);
  }

  /** From `fromMs` on nothing is wrong: everyone agrees in time, and until `untilMs`. */
  calm(fromMs: number, untilMs = this.untilMs): void {
    this.world.announceCalm({ fromMs, withinMs: this.calmMs, untilMs });
    this.#passagesOpen(fromMs + this.calmMs, untilMs);
  }

  /** From `fromMs` on nothing is wrong: within that time everyone is quorate again, under one leader, with one record. */
  recovered(fromMs: number, withinMs: number, untilMs = this.untilMs): void {
    this.world.announceRecovery({ fromMs, withinMs, untilMs });
  }

  /** No event of these types, ever. */
  forbid(...types: readonly EventType[]): void {
    this.world.expectOfEvents(`no ${types.join(', ')} in this scene`, (_host, event) => !types.includes(event.type));
  }

  /** Started in order within a second, everyone agrees ten seconds later, and until then. */
  joined(untilMs: number): void {
    this.world.announceCalm({ fromMs: 1000, withinMs: JOIN_MS, untilMs });
    this.#passagesOpen(0, untilMs);
  }

  /** `check` answers null, or what is wrong. */
  expect(atMs: number, claim: string, check: () => string | null): void {
    this.at(atMs, () => {
      const problem = check();
      if (problem !== null) this.world.fail('expectation', '-', `${claim}: ${problem}`);
    });
  }

  /** At that instant all of these are quorate, by their own clocks. */
  expectQuorate(atMs: number, hosts: readonly number[]): void {
    this.#expectEach(atMs, hosts, 'quorate', (host) => (this.isQuorate(host) ? null : 'is not'));
  }

  /** At that instant none of these is quorate and nothing runs under a lease of theirs. */
  expectFenced(atMs: number, hosts: readonly number[]): void {
    this.#expectEach(atMs, hosts, 'not quorate, children dead', (host) => {
      if (this.isQuorate(host)) return 'is quorate';
      return host.children.length === 0 ? null : 'has children that run';
    });
  }

  /** At that instant exactly this one leads; null: nobody. */
  expectLeader(atMs: number, leader: number | null): void {
    this.expect(atMs, `${(atMs / 1000).toFixed(1)} s: ${leader === null ? 'nobody' : this.host(leader).name} leads`, () => {
      const leading = this.world.hosts.filter((host) => this.isLeader(host)).map((host) => host.index);
      return leading.join() === (leader === null ? '' : String(leader)) ? null : `leading: ${leading.map(nameOf).join(',') || 'nobody'}`;
    });
  }

  /** Whoever leads now; -1 when nobody does. */
  get leader(): number {
    return this.world.hosts.findIndex((host) => this.isLeader(host));
  }

  isQuorate(host: Host): boolean {
    return host.process?.node.isQuorate(host.clock.nowMs(), host.clock.bootMs()) ?? false;
  }

  isLeader(host: Host): boolean {
    return host.process?.node.leader(host.clock.nowMs(), host.clock.bootMs())?.isSelf ?? false;
  }

  #expectEach(atMs: number, hosts: readonly number[], what: string, check: (host: Host) => string | null): void {
    this.expect(atMs, `${(atMs / 1000).toFixed(1)} s: ${hosts.map(nameOf).join(',')} ${what}`, () => {
      for (const index of hosts) {
        const problem = check(this.host(index));
        if (problem !== null) return `${this.host(index).name} ${problem}`;
      }
      return null;
    });
  }

  /** At that instant every running observer shows every subject so. */
  expectShown(atMs: number, observers: readonly number[], subjects: readonly number[], state: ShownState): void {
    const names = (indices: readonly number[]): string => indices.map((index) => this.host(index).name).join(',');
    const claim = `${(atMs / 1000).toFixed(1)} s: ${names(observers)} show ${names(subjects)} as ${state}`;
    this.expect(atMs, claim, () => {
      for (const observer of observers) {
        for (const subject of subjects) {
          const shown = this.#shown(this.host(observer), this.host(subject));
          if (shown !== null && shown !== state) return `${this.host(observer).name} shows ${this.host(subject).name} as ${shown}`;
        }
      }
      return null;
    });
  }

  /** At that instant a running observer names this problem, with these words in its message. */
  expectProblem(atMs: number, observer: number, code: string, words: string): void {
    this.expect(atMs, `${(atMs / 1000).toFixed(1)} s: ${this.host(observer).name} names ${code}, ${words}`, () => {
      const problems = this.#problemsOf(this.host(observer));
      return problems.some((problem) => problem.startsWith(`${code}: `) && problem.includes(words)) ? null : problems.join('; ') || 'none';
    });
  }

  /** Where no firewall is, nobody names one, whoever is slow to answer. */
  #passagesOpen(fromMs: number, untilMs: number): void {
    for (let atMs = fromMs; atMs <= untilMs; atMs += PASSAGES_EVERY_MS) {
      this.expect(atMs, 'all passages are open', () => {
        const problems = this.world.hosts.flatMap((host) => this.#problemsOf(host));
        return problems.find((problem) => /^(?:udp|tcp)-blocked:/.test(problem)) ?? null;
      });
    }
  }

  #problemsOf(host: Host): string[] {
    return host.process?.node.problems(host.clock.nowMs()).map(({ code, message }) => `${code}: ${message}`) ?? [];
  }

  #shown(observer: Host, subject: Host): string | null {
    const node = observer.process?.node;
    if (node === undefined) return null;
    const rows = node.members(observer.clock.nowMs()).filter((row) => row.id === subject.identity.id);
    return rows[0]?.state ?? 'unknown';
  }
}

export function nameOf(index: number): string {
  return `n${index + 1}`;
}

/** Indices from … up to but not including …. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}
