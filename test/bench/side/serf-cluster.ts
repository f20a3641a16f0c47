// A cluster of serf agents, default profile, for the trials of side-by-side. serf tells no suspicion, has no voters and no leader.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { sharedNowMs } from '../../support/one-clock.ts';
import type { Conversation } from './asking.ts';
import { type Cluster, type Offices, type Peer, PORT, type Sighting, until, type Watch } from './cluster.ts';
import { objectsIn, SerfRpc, serfQuestion } from './serf-rpc.ts';

const RPC_PORT = 7373;

const KINDS: Readonly<Record<string, Sighting['kind']>> = { Failed: 'failed', Leave: 'left' };

/** Whoever asks for the log is given what was written before, all at once. */
const BACKLOG_MS = 200;

interface SerfPeer extends Peer {
  readonly child: ChildProcess;
}

/** What the installed serf calls itself; null where there is none. */
export function serfVersion(): string | null {
  const { status, stdout } = spawnSync('serf', ['version'], { encoding: 'utf8' });
  return status === 0 ? (stdout.split('\n')[0]?.trim() ?? '') : null;
}

export class SerfCluster implements Cluster {
  readonly tells = new Set(Object.values(KINDS));
  readonly #children: ChildProcess[] = [];
  readonly #net = `127.${220 + (process.pid % 30)}.${1 + (process.pid % 250)}`;
  #peers: SerfPeer[] = [];
  readonly #questioners = new Map<string, SerfRpc>();
  readonly #abandon = (): void => this.#killAll();

  constructor() {
    process.once('exit', this.#abandon);
  }

  get peers(): readonly Peer[] {
    return this.#peers;
  }

  /** Who joins ends at once when the seed does not answer, so the seed goes ahead. */
  async start(count: number): Promise<void> {
    for (let ordinal = 1; ordinal <= count; ordinal++) {
      this.#launch(`n${ordinal}`, `${this.#net}.${ordinal}`);
      if (ordinal === 1) await until('n1 of serf answers', async () => (await this.aliveShown(this.#peers[0]!)) === 1, 5);
    }
  }

  async aliveShown(peer: Peer): Promise<number> {
    try {
      const rpc = this.#questioners.get(peer.name) ?? (await SerfRpc.open(peer.address, RPC_PORT));
      this.#questioners.set(peer.name, rpc);
      return (await rpc.members()).filter(({ Status }) => Status === 'alive').length;
    } catch {
      this.#questioners.delete(peer.name);
      return 0;
    }
  }

  async grown(): Promise<void> {}

  async offices(): Promise<Offices> {
    return { leader: null, voters: new Set() };
  }

  /** Reads the log: serf's own stream of events holds each back for a second or more, to tell several at once. */
  async watch(peer: Peer): Promise<Watch> {
    const sightings: Sighting[] = [];
    const rpc = await SerfRpc.open(peer.address, RPC_PORT);
    const sinceMs = sharedNowMs() + BACKLOG_MS;
    await rpc.monitor((line) => {
      const [, event, member] = /serf: EventMember(\w+): (\S+)/.exec(line) ?? [];
      const kind = KINDS[event ?? ''];
      const atMs = sharedNowMs();
      if (kind !== undefined && member !== undefined && atMs >= sinceMs) sightings.push({ kind, member, atMs });
    });
    return { sightings, close: () => rpc.close() };
  }

  async kill(peer: Peer): Promise<void> {
    const child = this.#forget(peer);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async restart(peer: Peer): Promise<Peer> {
    return this.#launch(peer.name, peer.address);
  }

  /** The answer comes when the leave is done, so it is not waited for. */
  async leave(peer: Peer): Promise<void> {
    this.#forget(peer);
    const rpc = await SerfRpc.open(peer.address, RPC_PORT);
    // The agent may be gone before it has answered.
    rpc.leave().catch(() => {});
  }

  /** The list does not change meanwhile, so that the first answer's length is that of all. */
  async conversation(peer: Peer): Promise<Conversation> {
    const rpc = await SerfRpc.open(peer.address, RPC_PORT);
    const socket = rpc.release();
    const question = serfQuestion('members');
    const answerBytes = await new Promise<number>((resolve) => {
      let heard = Buffer.alloc(0);
      const hear = (chunk: Buffer): void => {
        heard = Buffer.concat([heard, chunk]);
        const { values, read } = objectsIn(heard);
        if (values.length < 2) return;
        socket.off('data', hear);
        resolve(read);
      };
      socket.on('data', hear);
      socket.write(question);
    });
    let missing = answerBytes;
    const take = (chunk: Buffer): boolean => {
      missing -= chunk.length;
      if (missing < 0) throw new Error(`serf's answer is ${-missing} bytes longer than its first`);
      if (missing > 0) return false;
      missing = answerBytes;
      return true;
    };
    return { socket, question, take };
  }

  membersCommand({ address }: Peer): readonly [string, ...string[]] {
    return ['serf', 'members', `-rpc-addr=${address}:${RPC_PORT}`];
  }

  lost(): readonly string[] {
    return this.#peers
      .filter(({ child }) => !isRunning(child))
      .map(({ name, child }) => `${name} of serf ended by itself with ${child.exitCode}`);
  }

  async close(): Promise<void> {
    for (const rpc of this.#questioners.values()) rpc.close();
    const ends = this.#children.filter(isRunning).map((child) => once(child, 'exit'));
    this.#killAll();
    await Promise.all(ends);
    process.off('exit', this.#abandon);
  }

  #launch(name: string, address: string): SerfPeer {
    const own = [`-node=${name}`, `-bind=${address}:${PORT}`, `-rpc-addr=${address}:${RPC_PORT}`];
    // Of those that run: a seed that was killed is no seed.
    const seed = this.#peers[0];
    const join = seed === undefined ? [] : [`-join=${seed.address}:${PORT}`];
    const child = spawn('serf', ['agent', ...own, ...join], { stdio: 'ignore' });
    this.#children.push(child);
    const peer = { name, address, pid: child.pid ?? 0, child };
    this.#peers.push(peer);
    return peer;
  }

  #forget({ name }: Peer): ChildProcess {
    const found = this.#peers.find((one) => one.name === name);
    if (found === undefined) throw new Error(`${name} does not run`);
    this.#peers = this.#peers.filter((one) => one !== found);
    this.#questioners.get(name)?.close();
    this.#questioners.delete(name);
    return found.child;
  }

  #killAll(): void {
    for (const child of this.#children) if (isRunning(child)) child.kill('SIGKILL');
  }
}

function isRunning({ exitCode, signalCode, pid }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}
