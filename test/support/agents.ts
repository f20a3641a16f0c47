// Real agents, for end-to-end tests and benchmarks: processes of dist/quorate.mjs, each with its own loopback address, state
// directory and socket. Whoever opens a fleet closes it; a process that ends without having done so takes its agents with it.
// What an agent says is asked over its socket by a client of the test's own, so that the contract is tested, not our client.

import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { type AddressInfo, createServer, isIPv6 } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventJson, MemberJson, MembersJson, StatusJson } from '../../src/api/contract.ts';

export const executable = join(import.meta.dirname, '..', '..', 'dist', 'quorate.mjs');

/** Long enough for a loaded machine; a test that passes never waits for it. */
const PATIENCE_MS = 20_000;
const POLL_MS = 25;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Answer {
  readonly status: number;
  readonly quorate: string | undefined;
  readonly body: string;
}

export interface Launch {
  readonly name: string;
  /** Flags besides those every agent here gets. */
  readonly flags: readonly string[];
  /** Default: a loopback address of the agent's own and a free port. */
  readonly bind?: string;
  /** Default: a fresh one. Given again, the agent is the same node once more. */
  readonly stateDir?: string;
  /** Words put before the command, which must become the process that they start: `ip netns exec NAME`. Default: none. */
  readonly via?: readonly string[];
  /** Default: a fresh one. */
  readonly socketPath?: string;
}

interface Start {
  readonly keepsOutput?: boolean;
  readonly via?: readonly string[];
}

/** A process of the command, with everything it wrote. */
export class Running {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';
  #end: Ended | null = null;

  constructor(args: readonly string[], env: NodeJS.ProcessEnv, { keepsOutput = true, via = [] }: Start = {}) {
    const stdout = keepsOutput ? 'pipe' : 'ignore';
    const [program, ...words] = [...via, process.execPath, executable, ...args];
    this.#child = spawn(program!, words, { env, stdio: ['ignore', stdout, 'pipe'] });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code, signal) => {
        this.#end = { code, signal, stdout: this.#stdout, stderr: this.#stderr };
        resolve(this.#end);
      });
    });
  }

  get hasEnded(): boolean {
    return this.#end !== null;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  async signal(signal: NodeJS.Signals): Promise<Ended> {
    this.#child.kill(signal);
    return await this.ended;
  }

  /** For the moment the test process itself goes: nothing can be waited for any more. */
  killAtOnce(): void {
    this.#child.kill('SIGKILL');
  }
}

export class AgentProcess extends Running {
  readonly name: string;
  readonly socketPath: string;
  readonly stateDir: string;
  /** What was asked for; the port that was chosen stands in `status().address`. */
  readonly bind: string;

  constructor(launch: Required<Launch>, env: NodeJS.ProcessEnv, { profile, keepsOutput }: FleetOptions) {
    const { name, bind, stateDir, socketPath, flags, via } = launch;
    const own = ['--name', name, '--bind', bind, '--socket', socketPath, '--state-dir', stateDir, '--profile', profile];
    super(['agent', ...own, ...flags], env, { keepsOutput, via });
    this.name = name;
    this.socketPath = socketPath;
    this.stateDir = stateDir;
    this.bind = bind;
  }

  get(path: string): Promise<Answer> {
    return ask(this.socketPath, 'GET', path);
  }

  post(path: string, body?: unknown): Promise<Answer> {
    return ask(this.socketPath, 'POST', path, body);
  }

  put(path: string, body: unknown): Promise<Answer> {
    return ask(this.socketPath, 'PUT', path, body);
  }

  async status(): Promise<StatusJson> {
    return JSON.parse((await this.get('/v1/status')).body) as StatusJson;
  }

  async members(): Promise<readonly MemberJson[]> {
    return (JSON.parse((await this.get('/v1/members')).body) as MembersJson).members;
  }

  async member(name: string): Promise<MemberJson | undefined> {
    return (await this.members()).find((member) => member.name === name);
  }

  /** All events of this run so far. */
  async events(): Promise<readonly EventJson[]> {
    const { body } = await this.get('/v1/events?since=0&follow=false');
    return body
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as EventJson);
  }

  /** As `kill -9`: no word to anyone. */
  kill(): Promise<Ended> {
    return this.signal('SIGKILL');
  }

  /** As a service manager stops it. */
  stop(): Promise<Ended> {
    return this.signal('SIGTERM');
  }
}

let fleetCount = 0;

export interface FleetOptions {
  readonly profile: 'local' | 'lan' | 'wan';
  /** Of the agents' stdout, for the message when something fails. A benchmark has no use for it and no time. */
  readonly keepsOutput: boolean;
}

export class Fleet {
  readonly directory = mkdtempSync(join(tmpdir(), 'q-'));
  readonly #options: FleetOptions;
  readonly #processes: Running[] = [];
  readonly #net = `127.${16 + (process.pid % 200)}.${++fleetCount % 250}`;
  #addressCount = 0;
  #pathCount = 0;
  readonly #abandon = (): void => {
    this.#killAll();
    rmSync(this.directory, { recursive: true, force: true });
  };

  constructor(options: FleetOptions = { profile: 'local', keepsOutput: true }) {
    this.#options = options;
    process.once('exit', this.#abandon);
  }

  /** Ends every process, waits until they are gone, and removes what they wrote. */
  async close(): Promise<void> {
    this.#killAll();
    await Promise.all(this.#processes.map((one) => one.ended));
    process.off('exit', this.#abandon);
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** A loopback address that nobody else in this run uses. Systems other than Linux have only the one. */
  address(): string {
    this.#addressCount += 1;
    return process.platform === 'linux' ? `${this.#net}.${this.#addressCount}` : '127.0.0.1';
  }

  path(name: string): string {
    this.#pathCount += 1;
    return join(this.directory, `${this.#pathCount}-${name}`);
  }

  /** Starts an agent without waiting for anything: for those that are expected to refuse. */
  launch(launch: Launch): AgentProcess {
    const { name, flags, bind = `${this.address()}:0`, via = [] } = launch;
    const { stateDir = this.path(`${name}-state`), socketPath = this.path(`${name}.sock`) } = launch;
    const agent = new AgentProcess({ name, flags, bind, stateDir, via, socketPath }, environment(), this.#options);
    this.#processes.push(agent);
    return agent;
  }

  /** Starts an agent and waits until its socket answers. */
  async start(launch: Launch): Promise<AgentProcess> {
    const agent = this.launch(launch);
    await this.answers(agent);
    return agent;
  }

  /** `count` agents named n1, n2 …, all launched at once; n1 begins the cluster and is the others' seed. */
  async launchCluster(count: number): Promise<[AgentProcess, ...AgentProcess[]]> {
    const host = this.address();
    const seed = `${host}:${await freePort(host)}`;
    const first = this.launch({ name: 'n1', flags: ['--init'], bind: seed });
    const others = Array.from({ length: count - 1 }, (_, i) => this.launch({ name: `n${i + 2}`, flags: ['--join', seed] }));
    return [first, ...others];
  }

  /** The same, all answering on their sockets. */
  async cluster(count: number): Promise<[AgentProcess, ...AgentProcess[]]> {
    const agents = await this.launchCluster(count);
    for (const agent of agents) await this.answers(agent);
    return agents;
  }

  async answers(agent: AgentProcess): Promise<void> {
    await this.waitFor(`${agent.name} answers on its socket`, async () => {
      if (agent.hasEnded) throw new Error(`${agent.name} ended while it started`);
      return (await agent.get('/v1/status')).status === 200;
    });
  }

  /** Every one of `agents` shows exactly these members in these states, and no other. */
  async waitForView(agents: readonly AgentProcess[], wanted: Readonly<Record<string, MemberJson['state']>>): Promise<void> {
    const text = JSON.stringify(wanted);
    for (const agent of agents) {
      let seen = '';
      await this.waitFor(
        () => `${agent.name} shows ${text}; it shows ${seen}`,
        async () => {
          seen = JSON.stringify(Object.fromEntries((await agent.members()).map(({ name, state }) => [name, state])));
          return seen === text;
        },
      );
    }
  }

  /** Starts a verb that runs on. */
  begin(args: readonly string[], via: readonly string[] = []): Running {
    const running = new Running(args, environment(), { via });
    this.#processes.push(running);
    return running;
  }

  /** Runs a verb, or an agent that is expected to end, to its end. */
  async run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    const running = new Running(args, { ...environment(), ...env });
    this.#processes.push(running);
    return await this.endOf(running, `quorate ${args.join(' ')}`);
  }

  async endOf(running: Running, what: string): Promise<Ended> {
    await this.waitFor(`${what} ends`, () => running.hasEnded);
    return await running.ended;
  }

  /** Asks until the answer is true. A question that fails (nobody listens yet) counts as no. */
  async waitFor(what: string | (() => string), question: () => boolean | Promise<boolean>, timeoutMs = PATIENCE_MS): Promise<void> {
    const deadlineMs = performance.now() + timeoutMs;
    let problem: unknown;
    while (performance.now() < deadlineMs) {
      try {
        if (await question()) return;
        problem = undefined;
      } catch (error) {
        problem = error;
        if (error instanceof Error && !('code' in error)) break;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error(`waited in vain until ${typeof what === 'string' ? what : what()}\n${this.report()}`, { cause: problem });
  }

  #killAll(): void {
    for (const one of this.#processes) if (!one.hasEnded) one.killAtOnce();
  }

  /** The last words of every process, for the message of what went wrong. */
  report(): string {
    return this.#processes.map((one) => `--- process ${one.pid}\n${tail(one.stdout)}${tail(one.stderr)}`).join('\n');
  }
}

/** A port that is free for UDP and TCP at this instant; on an address of one's own nobody takes it in between. */
export async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4').bind(port, host);
  await once(socket, 'listening');
  await Promise.all([new Promise((resolve) => server.close(resolve)), new Promise<void>((resolve) => socket.close(resolve))]);
  return port;
}

function tail(text: string): string {
  return text.split('\n').slice(-20).join('\n');
}

/** Nothing of the caller's own quorate or terminal reaches the processes. */
function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), NO_COLOR: '1' };
}

function ask(socketPath: string, method: string, path: string, body?: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = text === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    const asked = request({ socketPath, method, path, headers, agent: false, timeout: PATIENCE_MS }, (response) => {
      let received = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        received += chunk;
      });
      response.once('error', reject);
      response.once('end', () => {
        const quorate = response.headers['x-quorate'];
        resolve({ status: response.statusCode ?? 0, quorate: typeof quorate === 'string' ? quorate : undefined, body: received });
      });
    });
    asked.once('timeout', () => asked.destroy(new Error(`${method} ${path} was not answered`)));
    asked.once('error', reject);
    asked.end(text);
  });
}
