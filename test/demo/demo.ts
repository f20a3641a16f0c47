// What the demo does, in its order, and what it must remember of it to judge by. How it is shown is timeline.ts's, what must hold checks.ts's.

import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { type AgentProcess, type Fleet, freePort } from '../support/agents.ts';
import { EventWatch, type Stamped } from '../support/event-watch.ts';
import { sharedNowMs } from '../support/one-clock.ts';
import type { Life, WorkerWatch } from '../support/worker-watch.ts';
import { type Check, healedWithoutRestart, neverTwoWorkers, noEventLost, positiveMargins, type TakeOver } from './checks.ts';
import type { Timeline } from './timeline.ts';

const CUT = [
  ['n1', 'n2'],
  ['n3', 'n4', 'n5'],
] as const;
/** For whoever reads along. */
const SCENE_MS = 1500;

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
    this.#say('start', 'five agents, and `quorate run --leader -- worker` beside each');
    await this.#start();
    await this.#waitForWorker('n1');
    await pause(SCENE_MS);

    const pidsBefore = this.#nodes.map(({ agent }) => agent.pid);
    const cut = await this.#takeOver('cut', 'n1', async () => {
      this.#say('CUT', `{${CUT[0].join(' ')}} | {${CUT[1].join(' ')}}`);
      await Promise.all(CUT.flatMap((side, i) => side.map((name) => this.#drop(name, CUT[1 - i]!))));
    });
    await pause(SCENE_MS);

    this.#say('HEAL', 'everyone reaches everyone again');
    await Promise.all(this.#nodes.map(({ agent }) => this.#drop(agent.name, [])));
    await this.#waitForAllQuorate();
    const pidsAfter = this.#nodes.filter(({ agent }) => !agent.hasEnded).map(({ agent }) => agent.pid);
    await pause(SCENE_MS);

    const leader = (await this.#node('n1').agent.status()).leader!.name;
    const kill = await this.#takeOver('kill', leader, async () => {
      this.#say('KILL -9', `the agent of ${leader}, which leads`);
      await this.#node(leader).agent.kill();
    });
    await pause(SCENE_MS);

    this.#isOver = true;
    const sharedFile = readFileSync(this.#workers.file, 'utf8');
    return [
      neverTwoWorkers(this.#workers.lives, sharedFile, sharedNowMs()),
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
    while (!this.#isOver) {
      const run = ['run', '--leader', '--socket', agent.socketPath, '--', ...this.#workers.command(agent.name, { isStubborn: false })];
      await this.#fleet.begin(run).ended;
    }
  }

  /** Does what takes the leader's place from it, and waits until another's worker runs. */
  async #takeOver(what: string, from: string, act: () => Promise<void>): Promise<TakeOver> {
    const sinceMs = sharedNowMs();
    const old = this.#workers.living(from)!;
    const isCut = what === 'cut';
    await act();
    const others = this.#nodes.filter(({ agent }) => (isCut ? CUT[1].some((name) => name === agent.name) : agent.name !== from));
    const named = (): Stamped[] =>
      others.flatMap(({ events }) => events.seen.filter((stamped) => stamped.latestMs > sinceMs && namesAnother(stamped, from)));
    const next = (): Life | undefined => this.#workers.lives.find((life) => life.name !== from && life.startedAtMs > sinceMs);
    await this.#fleet.waitFor(`another leads, and its worker runs, after the ${what}`, () => named().length > 0 && next() !== undefined);
    await this.#fleet.waitFor(`the worker of ${from} is gone`, () => old.endedAtMs !== null);
    const fenced = isCut ? this.#node(from).events.firstAfter(sinceMs, 'fenced', from) : undefined;
    return {
      what,
      fencedAtMs: isCut ? (fenced?.latestMs ?? Number.POSITIVE_INFINITY) : null,
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

  async #waitForWorker(name: string): Promise<void> {
    await this.#fleet.waitFor(`the worker of ${name} runs`, () => this.#workers.living(name) !== undefined);
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
