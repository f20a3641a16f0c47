// What the demo does, in its order, and what it must remember of it to judge by. How it is shown is timeline.ts's, what must hold checks.ts's.

import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { type AgentProcess, type Fleet, freePort } from '../support/agents.ts';
import { EventWatch, type Stamped } from '../support/event-watch.ts';
import { sharedNowMs } from '../support/one-clock.ts';
import type { Life, WorkerWatch } from '../support/worker-watch.ts';
import { type Check, healedWithoutRestart, neverTwoWorkers, noEventLost, positiveMargins, type TakeOver } from './checks.ts';
import type { Timeline } from './timeline.ts';

/** For whoever reads along. */
const SCENE_MS = 1500;
/** The exit code of `run` when what it waited for was lost. */
const STOPPED = 124;

interface Node {
  readonly agent: AgentProcess;
  readonly events: EventWatch;
}

export class Demo {
  readonly #fleet: Fleet;
  readonly #workers: WorkerWatch;
  readonly #timeline: Timeline;
  #nodes: readonly Node[] = [];
  #isOver = false;

  constructor(fleet: Fleet, workers: WorkerWatch, timeline: Timeline) {
    this.#fleet = fleet;
    this.#workers = workers;
    this.#timeline = timeline;
  }

  async play(): Promise<Check[]> {
    try {
      this.#say('start', 'five agents, and `quorate run --leader -- worker` beside each');
      await this.#start();
      return await this.#scenes();
    } finally {
      this.#isOver = true;
    }
  }

  async #scenes(): Promise<Check[]> {
    // n1, which began the cluster; another one if this machine was too slow to keep it quorate.
    const first = await this.#leader();
    const [second = '', ...majority] = this.#nodes.map(({ agent }) => agent.name).filter((name) => name !== first);
    const sides = [[first, second], majority] as const;
    await pause(SCENE_MS);
    const pidsBefore = this.#nodes.map(({ agent }) => agent.pid);
    const cut = await this.#takeOver('cut', first, majority, async () => {
      this.#say('CUT', sides.map((side) => `{${side.join(' ')}}`).join(' | '));
      await Promise.all(sides.flatMap((side, i) => side.map((name) => this.#drop(name, sides[1 - i]!))));
    });
    await pause(SCENE_MS);

    this.#say('HEAL', 'everyone reaches everyone again');
    await Promise.all(this.#nodes.map(({ agent }) => this.#drop(agent.name, [])));
    await this.#waitForAllQuorate();
    const pidsAfter = this.#nodes.filter(({ agent }) => !agent.hasEnded).map(({ agent }) => agent.pid);
    await pause(SCENE_MS);

    const next = await this.#leader();
    const others = this.#nodes.map(({ agent }) => agent.name).filter((name) => name !== next);
    const kill = await this.#takeOver('kill', next, others, async () => {
      this.#say('KILL -9', `the agent of ${next}, which leads`);
      await this.#node(next).agent.kill();
    });
    await pause(SCENE_MS);

    return [
      neverTwoWorkers(this.#workers.lives, readFileSync(this.#workers.file, 'utf8'), sharedNowMs()),
      positiveMargins([cut, kill]),
      healedWithoutRestart(pidsBefore, pidsAfter),
      noEventLost(this.#nodes.map(({ events }) => events)),
    ];
  }

  async #start(): Promise<void> {
    const host = this.#fleet.address();
    const seed = `${host}:${await freePort(host)}`;
    const agents = [1, 2, 3, 4, 5].map((number) => {
      const own = number === 1 ? { bind: seed } : {};
      return this.#fleet.launch({ name: `n${number}`, flags: number === 1 ? ['--dev'] : ['--dev', '--join', seed], ...own });
    });
    for (const agent of agents) await this.#fleet.answers(agent);
    this.#nodes = await Promise.all(
      agents.map(async (agent) => ({
        agent,
        events: await EventWatch.open(agent.socketPath, (stamped) => this.#timeline.tellEvent(agent.name, stamped)),
      })),
    );
    await this.#waitForAllQuorate();
    await this.#fleet.waitFor('all five vote', async () => (await agents[0]!.status()).quorum?.voters === 5);
    this.#say('', 'all five vote: two of them may be lost');
    for (const agent of agents) void this.#supervise(agent);
  }

  /** As a service manager does: `run` that ended because leadership was lost is started again, and waits. */
  async #supervise(agent: AgentProcess): Promise<void> {
    const args = ['run', '--leader', '--socket', agent.socketPath, '--', ...this.#workers.command(agent.name, { isStubborn: false })];
    let code: number | null = STOPPED;
    while (!this.#isOver && code === STOPPED) ({ code } = await this.#fleet.begin(args).ended);
  }

  /** The name that the leader gives itself, once its worker runs. */
  async #leader(): Promise<string> {
    let name = '';
    await this.#fleet.waitFor('the worker of a leader runs', async () => {
      const all = await Promise.all(this.#nodes.map(({ agent }) => agent.status()));
      name = all.find(({ leader }) => leader?.isSelf === true)?.name ?? '';
      return this.#workers.living(name) !== undefined;
    });
    return name;
  }

  /** Does what takes the leader's place from it, and waits until the worker of one of `others` runs. */
  async #takeOver(what: 'cut' | 'kill', from: string, others: readonly string[], act: () => Promise<void>): Promise<TakeOver> {
    const sinceMs = sharedNowMs();
    const old = this.#workers.living(from)!;
    await act();
    const watches = others.map((name) => this.#node(name).events);
    const named = (): Stamped[] =>
      watches.flatMap(({ seen }) => seen.filter((stamped) => stamped.latestMs > sinceMs && namesAnother(stamped, from)));
    const next = (): Life | undefined => this.#workers.lives.find((life) => life.name !== from && life.startedAtMs > sinceMs);
    await this.#fleet.waitFor(`another leads, and its worker runs, after the ${what}`, () => named().length > 0 && next() !== undefined);
    await this.#fleet.waitFor(`the worker of ${from} is gone`, () => old.endedAtMs !== null);
    const fenced = this.#node(from).events.firstAfter(sinceMs, 'fenced', from);
    return {
      what,
      // Who is cut off and has not fenced by now never did so in time.
      fencedAtMs: what === 'kill' ? null : (fenced?.latestMs ?? Number.POSITIVE_INFINITY),
      workerDeadAtMs: old.endedAtMs!,
      namedAtMs: Math.min(...named().map(({ earliestMs }) => earliestMs)),
      nextWorkerAtMs: next()!.startedAtMs,
    };
  }

  async #drop(name: string, names: readonly string[]): Promise<void> {
    const { status, body } = await this.#node(name).agent.post('/v1/dev/partition', { drop: names });
    if (status !== 200) throw new Error(`${name} refused to drop packets: ${body}`);
  }

  async #waitForAllQuorate(): Promise<void> {
    for (const { agent } of this.#nodes) {
      await this.#fleet.waitFor(`${agent.name} is quorate`, async () => (await agent.get('/v1/quorum')).status === 200);
    }
  }

  #node(name: string): Node {
    return this.#nodes.find(({ agent }) => agent.name === name)!;
  }

  #say(mark: string, what: string): void {
    this.#timeline.add(sharedNowMs(), mark, what);
  }
}

function namesAnother({ event }: Stamped, old: string): boolean {
  return event.type === 'leader-changed' && event.leader !== null && event.leader !== undefined && event.leader !== old;
}
