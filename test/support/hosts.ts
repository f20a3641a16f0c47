// A cluster of real agents, one to a host of a lab, with workloads under `quorate run`, all watched on one clock.
// What is cut and what must come out of it is the scene's business.

import { join } from 'node:path';
import { type AgentProcess, Fleet, type FleetOptions, type Running } from './agents.ts';
import { EventWatch, type Stamped } from './event-watch.ts';
import { command, Netlab } from './netlab/index.ts';
import { sharedNowMs } from './one-clock.ts';
import { type Life, WorkerWatch } from './worker-watch.ts';

const PORT = 7946;
/** A crowd on a small machine takes its time. */
const GENESIS_PATIENCE_MS = 60_000;
const flood = join(import.meta.dirname, '..', '..', 'test', 'support', 'children', 'flood.mjs');

export interface Host {
  readonly number: number;
  readonly name: string;
  agent: AgentProcess;
  events: EventWatch;
}

export type Need = 'leader' | 'quorate';

export class Hosts {
  readonly net: Netlab;
  readonly fleet: Fleet;
  readonly workers: WorkerWatch;
  readonly hosts: Host[] = [];

  private constructor(net: Netlab, fleet: Fleet, workers: WorkerWatch) {
    this.net = net;
    this.fleet = fleet;
    this.workers = workers;
  }

  /**
   * `count` hosts named n1, n2 …, an agent on each, all quorate. Whoever opens it closes it.
   * `expect`: all are voters from the beginning, so there are at most as many as may vote. `grow`: n1 begins alone.
   */
  static async open(count: number, options: FleetOptions, genesis: 'expect' | 'grow' = 'expect'): Promise<Hosts> {
    const net = await Netlab.open(count);
    const fleet = new Fleet(options);
    const opened = new Hosts(net, fleet, await WorkerWatch.open(fleet.directory));
    try {
      await opened.#start(genesis);
      return opened;
    } catch (error) {
      await opened.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const { events } of this.hosts) events.close();
    await this.fleet.close();
    await this.workers.close();
    await this.net.close();
  }

  host(number: number): Host {
    const host = this.hosts[number - 1];
    if (host === undefined) throw new Error(`there is no host ${number}; there are ${this.hosts.length}`);
    return host;
  }

  those(numbers: readonly number[]): Host[] {
    return numbers.map((number) => this.host(number));
  }

  /** Starts `quorate run` on a host; its worker bears the host's name. */
  run(host: Host, need: Need, worker: { readonly isStubborn: boolean }): Running {
    const child = this.workers.command(host.name, worker);
    return this.fleet.begin(['run', `--${need}`, '--socket', host.agent.socketPath, '--', ...child], this.net.onHost(host.number));
  }

  /** After its agent has ended: the same node once more, at the same socket. */
  async startAgain(host: Host): Promise<void> {
    host.events.close();
    const { stateDir, bind, socketPath } = host.agent;
    host.agent = this.fleet.launch({
      name: host.name,
      flags: this.#flags(),
      bind,
      stateDir,
      socketPath,
      via: this.net.onHost(host.number),
    });
    await this.fleet.answers(host.agent);
    host.events = await EventWatch.open(socketPath);
  }

  /** Datagrams that are none of ours, from another host, more than a stopped process's buffer holds. */
  async fillBuffer(to: Host, from: Host): Promise<void> {
    const { net } = this;
    await command([...net.onHost(from.number), process.execPath, flood, net.addressOf(to.number), String(PORT)]);
  }

  async waitForQuorate(hosts: readonly Host[], timeoutMs?: number): Promise<void> {
    for (const { name, agent } of hosts) {
      await this.fleet.waitFor(`${name} is quorate`, async () => (await agent.get('/v1/quorum')).status === 200, timeoutMs);
    }
  }

  async waitForWorkers(hosts: readonly Host[]): Promise<void> {
    for (const { name } of hosts) {
      await this.fleet.waitFor(`a worker runs on ${name}`, () => this.workers.living(name) !== undefined);
    }
  }

  /** The host that the agents call leader, once all of `hosts` name the same, and not `former`. */
  async waitForLeader(hosts: readonly Host[], former?: Host): Promise<Host> {
    let names: (string | undefined)[] = [];
    await this.fleet.waitFor(
      () => `${hosts.map(({ name }) => name).join(' ')} name one leader; they name ${names.join(' ')}`,
      async () => {
        names = await Promise.all(hosts.map(async ({ agent }) => (await agent.status()).leader?.name));
        return names[0] !== undefined && names[0] !== former?.name && names.every((name) => name === names[0]);
      },
    );
    return this.hosts.find(({ name }) => name === names[0])!;
  }

  /** The first such event of a host after that instant, waited for. */
  async told(host: Host, sinceMs: number, type: Stamped['event']['type'], member: string, timeoutMs?: number): Promise<Stamped> {
    await this.fleet.waitFor(
      `${host.name} tells ${type} of ${member}`,
      () => host.events.firstAfter(sinceMs, type, member) !== undefined,
      timeoutMs,
    );
    return host.events.firstAfter(sinceMs, type, member)!;
  }

  async #start(genesis: 'expect' | 'grow'): Promise<void> {
    const numbers = Array.from({ length: this.net.hostCount }, (_, i) => i + 1);
    const flagsOf = (number: number): string[] => {
      if (genesis === 'expect') return [...this.#flags(), '--expect', String(this.net.hostCount)];
      return number === 1 ? ['--init', '--insecure'] : this.#flags();
    };
    const agents = numbers.map((number) =>
      this.fleet.launch({
        name: `n${number}`,
        flags: flagsOf(number),
        bind: `${this.net.addressOf(number)}:${PORT}`,
        via: this.net.onHost(number),
      }),
    );
    for (const [i, agent] of agents.entries()) {
      await this.fleet.answers(agent);
      this.hosts.push({ number: i + 1, name: agent.name, agent, events: await EventWatch.open(agent.socketPath) });
    }
    await this.waitForQuorate(this.hosts, GENESIS_PATIENCE_MS);
    await this.#waitForOneRecord();
  }

  /** A leader is named and everyone has heard: what a scene notices later was not on its way before. */
  async #waitForOneRecord(): Promise<void> {
    await this.fleet.waitFor('all hold one record that names a leader', async () => {
      const all = await Promise.all(this.hosts.map(({ agent }) => agent.status()));
      return all.every(({ leader, record }) => leader !== null && record?.version === all[0]?.record?.version);
    });
  }

  /** All are told of the first three, so that any of them may be the one that is down. */
  #flags(): string[] {
    const seeds = [1, 2, 3].filter((number) => number <= this.net.hostCount).map((number) => `${this.net.addressOf(number)}:${PORT}`);
    return ['--join', seeds.join(','), '--insecure'];
  }
}

/** What one node's being cut off came to. Null: it has not happened. */
export interface CutOff {
  readonly name: string;
  readonly fencedAtMs: number;
  /** The last of its workers was gone. */
  readonly workersDeadAtMs: number;
  /** By host that announced it. */
  readonly failedAtMs: readonly { readonly at: string; readonly atMs: number }[];
  /** From the later of the first two to the earliest announcement. */
  readonly marginMs: number;
}

/** Waits until everything about it is over: `cutOff` has fenced, its worker is gone, each of `majority` has announced it. */
export async function watchCutOff(
  hosts: Hosts,
  cutAtMs: number,
  cutOff: Host,
  majority: readonly Host[],
  timeoutMs?: number,
): Promise<CutOff> {
  const fencedAtMs = (await hosts.told(cutOff, cutAtMs, 'fenced', cutOff.name, timeoutMs)).latestMs;
  const lives = (): Life[] => hosts.workers.lives.filter(({ name }) => name === cutOff.name);
  await hosts.fleet.waitFor(`the worker of ${cutOff.name} is gone`, () => lives().every(({ endedAtMs }) => endedAtMs !== null), timeoutMs);
  const failedAtMs = await Promise.all(
    majority.map(async (host) => ({
      at: host.name,
      atMs: (await hosts.told(host, cutAtMs, 'member-failed', cutOff.name, timeoutMs)).earliestMs,
    })),
  );
  const workersDeadAtMs = Math.max(...lives().map(({ endedAtMs }) => endedAtMs ?? sharedNowMs()));
  const marginMs = Math.min(...failedAtMs.map(({ atMs }) => atMs)) - Math.max(fencedAtMs, workersDeadAtMs);
  return { name: cutOff.name, fencedAtMs, workersDeadAtMs, failedAtMs, marginMs };
}
