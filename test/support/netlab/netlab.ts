// Hosts on one machine: each a network namespace with one cable to a switch, which is a bridge in a namespace of its own.
// Nothing of the machine's own network is touched, so it needs root and nothing else; everything is named after the run and goes with it.
// What happens on the hosts (agents, workloads) is others' business: they start their processes by `onHost`.

import { randomBytes } from 'node:crypto';
import { type Argv, command, commandNow } from './command.ts';
import { type Counted, type Drop, dropRules, type Lost, portOf, readCounters, trafficRules } from './rules.ts';

const NAME = /^quorate-(\d+)-[0-9a-f]{6}-(?:switch|\d+)$/;

/** What was counted since the start, by host and protocol, and by the number of the message's kind. */
export interface Traffic {
  readonly sentByHost: readonly { readonly udp: Counted; readonly tcp: Counted }[];
  readonly udpByKind: ReadonlyMap<number, Counted>;
}

/** Null: hosts can be made here. Else the reason why not. */
export function netlabObstacle(): string | null {
  if (process.platform !== 'linux') return `network namespaces are Linux's, and this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'hosts of their own need root';
  const trial = namePrefix();
  const name = `${trial}-switch`;
  const added = commandNow(['ip', 'netns', 'add', name]);
  if (!added.isDone) return `ip netns add does not work here (${added.problem})`;
  const ruled = commandNow(['ip', 'netns', 'exec', name, 'nft', '-f', '-'], `${dropRules([])}${trafficRules(1)}`);
  commandNow(['ip', 'netns', 'del', name]);
  return ruled.isDone ? null : `nft does not work here; Debian's package is nftables (${ruled.problem})`;
}

export class Netlab {
  readonly hostCount: number;
  readonly #prefix: string;
  #drops: Drop[] = [];
  readonly #abandon = (): void => removeNow(this.#names());

  private constructor(prefix: string, hostCount: number) {
    this.#prefix = prefix;
    this.hostCount = hostCount;
    process.once('exit', this.#abandon);
  }

  /** Hosts 1 to `hostCount`, at most 250, all connected. Whoever opens a lab closes it. */
  static async open(hostCount: number): Promise<Netlab> {
    await sweep();
    const lab = new Netlab(namePrefix(), hostCount);
    try {
      await lab.#build();
    } catch (error) {
      await lab.close();
      throw error;
    }
    return lab;
  }

  /** Ends what still runs on the hosts, then removes them. */
  async close(): Promise<void> {
    process.off('exit', this.#abandon);
    removeNow(this.#names());
  }

  addressOf(host: number): string {
    return `10.77.0.${host}`;
  }

  /** Put before a command's words: it runs on that host, under the pid that was spawned. */
  onHost(host: number): Argv {
    return ['ip', 'netns', 'exec', this.#nameOf(host)];
  }

  /** Nobody of one group reaches anybody of another; within a group nothing changes. */
  async split(...groups: readonly (readonly number[])[]): Promise<void> {
    const pairs = groups.flatMap((group, i) =>
      group.flatMap((from) => groups.flatMap((other, j) => (i === j ? [] : other.map((to) => [from, to] as const)))),
    );
    await this.#drop(pairs, 'frames');
  }

  /** What `from` sends no longer reaches `to`; the other way stays. */
  async loseOneWay(from: readonly number[], to: readonly number[]): Promise<void> {
    await this.#drop(
      from.flatMap((one) => to.filter((other) => other !== one).map((other) => [one, other] as const)),
      'packets',
    );
  }

  /** Hears nobody, is heard by all. */
  async deafen(host: number): Promise<void> {
    await this.loseOneWay(this.#others(host), [host]);
  }

  /** Hears all, is heard by nobody. */
  async mute(host: number): Promise<void> {
    await this.loseOneWay([host], this.#others(host));
  }

  /** Forgets every fault. */
  async heal(): Promise<void> {
    this.#drops = [];
    await this.#applyDrops();
  }

  async traffic(): Promise<Traffic> {
    const [sent, kinds] = await Promise.all(
      ['sent', 'kinds'].map((set) => this.#onSwitch('nft', '-j', 'list', 'set', 'bridge', 'traffic', set)),
    );
    const [bySender, byKind] = [readCounters(sent!), readCounters(kinds!)];
    const of = (host: number, protocol: string): Counted => bySender.get(`${portOf(host)} ${protocol}`) ?? { packets: 0, bytes: 0 };
    return {
      sentByHost: this.#hosts().map((host) => ({ udp: of(host, 'udp'), tcp: of(host, 'tcp') })),
      udpByKind: new Map([...byKind].map(([kind, counted]) => [Number(kind), counted])),
    };
  }

  async #build(): Promise<void> {
    const sw = this.#switchName();
    await command(
      ['ip', '-batch', '-'],
      [sw, ...this.#hosts().map((host) => this.#nameOf(host))].map((name) => `netns add ${name}\n`).join(''),
    );
    // Without a spanning tree and its delay a port forwards as soon as it is up. IPv6's own chatter would only blur the counters.
    const bridge = ['link set lo up', 'link add br0 type bridge stp_state 0 forward_delay 0', 'link set br0 addrgenmode none up'];
    await command(['ip', '-n', sw, '-batch', '-'], bridge.map((line) => `${line}\n`).join(''));
    await command(
      ['ip', '-batch', '-'],
      this.#hosts()
        .map((host) => `link add eth0 netns ${this.#nameOf(host)} type veth peer name ${portOf(host)} netns ${sw}\n`)
        .join(''),
    );
    await command(
      ['ip', '-n', sw, '-batch', '-'],
      this.#hosts()
        .map((host) => `link set ${portOf(host)} master br0 addrgenmode none up\n`)
        .join(''),
    );
    for (const host of this.#hosts()) {
      const lines = [`addr add ${this.addressOf(host)}/24 dev eth0`, 'link set lo up', 'link set eth0 addrgenmode none up'];
      await command(['ip', '-n', this.#nameOf(host), '-batch', '-'], lines.map((line) => `${line}\n`).join(''));
    }
    await this.#onSwitchWith(`${dropRules([])}${trafficRules(this.hostCount)}`);
  }

  async #drop(pairs: readonly (readonly [from: number, to: number])[], lost: Lost): Promise<void> {
    this.#drops.push(...pairs.map(([from, to]) => ({ from, to, lost })));
    await this.#applyDrops();
  }

  async #applyDrops(): Promise<void> {
    await this.#onSwitchWith(dropRules(this.#drops));
  }

  async #onSwitchWith(rules: string): Promise<void> {
    await command(['ip', 'netns', 'exec', this.#switchName(), 'nft', '-f', '-'], rules);
  }

  #onSwitch(...args: string[]): Promise<string> {
    return command(['ip', 'netns', 'exec', this.#switchName(), ...args]);
  }

  #hosts(): number[] {
    return Array.from({ length: this.hostCount }, (_, i) => i + 1);
  }

  #others(host: number): number[] {
    return this.#hosts().filter((other) => other !== host);
  }

  #nameOf(host: number): string {
    return `${this.#prefix}-${host}`;
  }

  #switchName(): string {
    return `${this.#prefix}-switch`;
  }

  #names(): string[] {
    return [...this.#hosts().map((host) => this.#nameOf(host)), this.#switchName()];
  }
}

function namePrefix(): string {
  return `quorate-${process.pid}-${randomBytes(3).toString('hex')}`;
}

/** A run that was killed could not clean up behind itself: its labs bear the pid of a process that is no more. */
async function sweep(): Promise<void> {
  const names = (await command(['ip', 'netns', 'list'])).split('\n').map((line) => line.split(' ')[0]!);
  removeNow(names.filter((name) => isAbandoned(Number(NAME.exec(name)?.[1]))));
}

function isAbandoned(pid: number): boolean {
  if (Number.isNaN(pid)) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

function removeNow(names: readonly string[]): void {
  for (const name of names) {
    const { isDone, stdout } = commandNow(['ip', 'netns', 'pids', name]);
    if (!isDone) continue;
    for (const pid of stdout.split('\n').filter((line) => line !== '')) killNow(Number(pid));
    commandNow(['ip', 'netns', 'del', name]);
  }
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself in between.
  }
}
