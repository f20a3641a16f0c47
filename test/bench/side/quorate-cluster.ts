// A cluster of our own agents, default profile, for the trials of side-by-side.

import type { EventTypeJson } from '../../../src/api/contract.ts';
import { type AgentProcess, executable, Fleet } from '../../support/agents.ts';
import { EventWatch } from '../../support/event-watch.ts';
import { type Conversation, httpConversation } from './asking.ts';
import { type Cluster, type Offices, type Peer, PORT, type Sighting, until, type Watch } from './cluster.ts';

/** The default of --max-voters. */
const VOTERS_MAX = 7;

const KINDS: Partial<Record<EventTypeJson, Sighting['kind']>> = {
  'member-suspect': 'suspect',
  'member-failed': 'failed',
  'member-left': 'left',
  fenced: 'fenced',
};

interface OwnPeer extends Peer {
  readonly agent: AgentProcess;
}

export class QuorateCluster implements Cluster {
  readonly tells = new Set(Object.values(KINDS));
  readonly #fleet = new Fleet({ profile: 'lan', keepsOutput: false });
  #peers: OwnPeer[] = [];
  #seed = '';

  get peers(): readonly Peer[] {
    return this.#peers;
  }

  async start(count: number): Promise<void> {
    for (let ordinal = 1; ordinal <= count; ordinal++) {
      const bind = `${this.#fleet.address()}:${PORT}`;
      if (ordinal === 1) this.#seed = bind;
      const flags = ordinal === 1 ? ['--init'] : ['--join', this.#seed];
      this.#peers.push(peerOf(this.#fleet.launch({ name: `n${ordinal}`, flags, bind })));
    }
  }

  async aliveShown(peer: Peer): Promise<number> {
    const agent = this.#agentOf(peer);
    if (agent.hasEnded) throw new Error(lastWords(agent));
    return await agent.status().then(
      ({ members }) => members.alive,
      () => 0,
    );
  }

  /** Every few seconds the cluster takes in another voter, and it is not idle before; then all must know, and be quorate. */
  async grown(): Promise<void> {
    const wanted = Math.min(this.#peers.length, VOTERS_MAX);
    for (const { name, agent } of this.#peers) {
      await until(
        `${name} is quorate among ${wanted} voters`,
        async () => {
          const [loss] = this.lost();
          if (loss !== undefined) throw new Error(loss);
          const { standing, quorum } = await agent.status();
          return standing === 'quorate' && (quorum?.voters ?? 0) >= wanted;
        },
        200,
      );
    }
  }

  async offices(): Promise<Offices> {
    const { leader, record } = await this.#peers[0]!.agent.status();
    return { leader: leader?.name ?? null, voters: new Set(record?.voters.map(({ name }) => name)) };
  }

  async watch(peer: Peer): Promise<Watch> {
    const sightings: Sighting[] = [];
    const openedMs = Date.now();
    const events = await EventWatch.open(this.#agentOf(peer).socketPath, ({ event, latestMs }) => {
      const kind = KINDS[event.type];
      if (kind !== undefined && Date.parse(event.time) >= openedMs) sightings.push({ kind, member: event.member ?? '', atMs: latestMs });
    });
    return { sightings, close: () => events.close() };
  }

  async kill(peer: Peer): Promise<void> {
    const agent = this.#agentOf(peer);
    this.#peers = this.#peers.filter(({ name }) => name !== peer.name);
    await agent.kill();
  }

  async restart(peer: Peer): Promise<Peer> {
    const { name, bind, stateDir, socketPath } = (peer as OwnPeer).agent;
    const again = peerOf(this.#fleet.launch({ name, flags: ['--join', this.#seed], bind, stateDir, socketPath }));
    this.#peers.push(again);
    return again;
  }

  async leave(peer: Peer): Promise<void> {
    const agent = this.#agentOf(peer);
    this.#peers = this.#peers.filter(({ name }) => name !== peer.name);
    const { status, body } = await agent.post('/v1/leave');
    if (status >= 400) throw new Error(`${peer.name} may not leave: ${body}`);
  }

  conversation(peer: Peer): Promise<Conversation> {
    return httpConversation(this.#agentOf(peer).socketPath, '/v1/members');
  }

  membersCommand(peer: Peer): readonly [string, ...string[]] {
    return [process.execPath, executable, 'members', '--socket', this.#agentOf(peer).socketPath];
  }

  lost(): readonly string[] {
    return this.#peers.filter(({ agent }) => agent.hasEnded).map(({ agent }) => lastWords(agent));
  }

  close(): Promise<void> {
    return this.#fleet.close();
  }

  #agentOf({ name }: Peer): AgentProcess {
    const found = this.#peers.find((one) => one.name === name);
    if (found === undefined) throw new Error(`${name} does not run`);
    return found.agent;
  }
}

function peerOf(agent: AgentProcess): OwnPeer {
  return { name: agent.name, address: agent.bind.slice(0, agent.bind.lastIndexOf(':')), pid: agent.pid, agent };
}

/** Node shows the line that threw, which in a bundle is all of the program: only what follows it is told. */
function lastWords({ name, stderr }: AgentProcess): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && line.length < 400);
  return `${name} ended by itself: ${lines.slice(-10).join('\n  ') || 'without a word'}`;
}
