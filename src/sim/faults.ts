// The grammar of what goes wrong: a fault has a kind, a subject, a start and an end, and is healed at its end.
// `drawFaults` writes a schedule by chance, `describeFault` says it in one line, `inflict` carries it out.

import { assertNever, type Command, type Random } from '../core/index.ts';
import { type DiskHealth, majorityKeeps } from './disk.ts';
import type { Host } from './host.ts';
import { hostMask, type LinkFault } from './network.ts';
import type { World } from './world.ts';

export interface Fault {
  readonly startMs: number;
  readonly endMs: number;
  readonly harm: Harm;
}

type Hosts = readonly number[];

export type Harm =
  | { readonly kind: 'partition'; readonly side: Hosts; readonly otherSide: Hosts }
  | { readonly kind: 'one-way'; readonly from: Hosts; readonly to: Hosts }
  /** A firewall between two sides that stops one kind of packet, in both directions. */
  | { readonly kind: 'udp-blocked' | 'tcp-blocked'; readonly side: Hosts; readonly otherSide: Hosts }
  | { readonly kind: 'loss'; readonly from: Hosts; readonly to: Hosts; readonly probability: number }
  /** The same share, but many in a row: see network.ts. */
  | { readonly kind: 'bursts'; readonly from: Hosts; readonly to: Hosts; readonly probability: number; readonly packets: number }
  | { readonly kind: 'delay'; readonly from: Hosts; readonly to: Hosts; readonly upToMs: number }
  | { readonly kind: 'duplication'; readonly from: Hosts; readonly to: Hosts; readonly probability: number }
  | { readonly kind: 'bridge'; readonly side: Hosts; readonly otherSide: Hosts; readonly bridge: Hosts }
  /** SIGSTOP of the agent. */
  | { readonly kind: 'pause'; readonly host: number }
  /** Of the whole machine: hrtime stands still, uptime does not. */
  | { readonly kind: 'suspend'; readonly host: number }
  | { readonly kind: 'crash'; readonly host: number; readonly isWiped: boolean; readonly isMoved: boolean }
  | { readonly kind: 'power-loss'; readonly host: number }
  | { readonly kind: 'wall-clock'; readonly host: number; readonly byMs: number }
  /** Old packets come again, as they were, at any time. */
  | { readonly kind: 'replay'; readonly count: number }
  /** A clean end, and a start when it is healed. */
  | { readonly kind: 'leave'; readonly host: number }
  | { readonly kind: 'stop'; readonly host: number }
  /** A host that was not there before. */
  | { readonly kind: 'join'; readonly host: number }
  /** An operator at one host wishes something about another. */
  | { readonly kind: 'wish'; readonly host: number; readonly wish: 'add' | 'remove' | 'forget'; readonly of: number }
  | { readonly kind: 'disk'; readonly host: number; readonly health: DiskHealth }
  | { readonly kind: 'names-down' };

export function describeFault(fault: Fault, hosts: readonly Host[]): string {
  const when = `${(fault.startMs / 1000).toFixed(3)}s..${(fault.endMs / 1000).toFixed(3)}s`;
  return `${when} ${describeHarm(fault.harm, hosts)}`;
}

export function describeHarm(harm: Harm, hosts: readonly Host[]): string {
  const named = (indices: Hosts): string =>
    indices.length === hosts.length ? 'all' : indices.map((index) => hosts[index]!.name).join(',');
  switch (harm.kind) {
    case 'partition':
      return `partition ${named(harm.side)} | ${named(harm.otherSide)}`;
    case 'udp-blocked':
    case 'tcp-blocked':
      return `${harm.kind} ${named(harm.side)} | ${named(harm.otherSide)}`;
    case 'one-way':
      return `one-way cut ${named(harm.from)} -> ${named(harm.to)}`;
    case 'loss':
      return `loss ${(harm.probability * 100).toFixed(0)} % ${named(harm.from)} -> ${named(harm.to)}`;
    case 'bursts':
      return `loss ${(harm.probability * 100).toFixed(0)} % in bursts of ${harm.packets} ${named(harm.from)} -> ${named(harm.to)}`;
    case 'delay':
      return `delay up to ${harm.upToMs.toFixed(0)} ms ${named(harm.from)} -> ${named(harm.to)}`;
    case 'duplication':
      return `duplication ${(harm.probability * 100).toFixed(0)} % ${named(harm.from)} -> ${named(harm.to)}`;
    case 'bridge':
      return `partition ${named(harm.side)} | ${named(harm.otherSide)}, both seen by ${named(harm.bridge)}`;
    case 'pause':
    case 'suspend':
    case 'power-loss':
    case 'leave':
    case 'stop':
    case 'join':
      return `${harm.kind} ${named([harm.host])}`;
    case 'wall-clock':
      return `wall clock of ${named([harm.host])} jumps by ${(harm.byMs / 3_600_000).toFixed(1)} h`;
    case 'replay':
      return `replay of ${harm.count} packets`;
    case 'wish':
      return `${named([harm.host])} wishes: ${harm.wish} ${named([harm.of])}`;
    case 'crash':
      return `crash ${named([harm.host])}${harm.isWiped ? ', disk lost' : ''}${harm.isMoved ? ', new address' : ''}`;
    case 'disk':
      return `disk ${harm.health} ${named([harm.host])}`;
    case 'names-down':
      return 'names down';
    default:
      return assertNever(harm);
  }
}

/** Puts the fault and its healing on the world's schedule. */
export function inflict(world: World, fault: Fault): void {
  const { scheduler } = world;
  scheduler.at(fault.startMs, () => {
    world.trace(null, 'fault', 0);
    world.narrate('world', describeHarm(fault.harm, world.hosts));
    const heal = begin(world, fault.harm);
    scheduler.at(fault.endMs, () => {
      world.trace(null, 'heal', 0);
      world.narrate('world', `healed: ${describeHarm(fault.harm, world.hosts)}`);
      heal();
    });
  });
}

function begin(world: World, harm: Harm): () => void {
  switch (harm.kind) {
    case 'partition':
    case 'bridge':
      return cut(world, [link(world, harm.side, harm.otherSide, { loss: 1 }), link(world, harm.otherSide, harm.side, { loss: 1 })]);
    case 'udp-blocked':
    case 'tcp-blocked': {
      const blocked = { loss: 1, spares: harm.kind === 'udp-blocked' ? 'streams' : 'datagrams' } as const;
      return cut(world, [link(world, harm.side, harm.otherSide, blocked), link(world, harm.otherSide, harm.side, blocked)]);
    }
    case 'one-way':
      return cut(world, [link(world, harm.from, harm.to, { loss: 1 })]);
    case 'loss':
      return cut(world, [link(world, harm.from, harm.to, { loss: harm.probability })]);
    case 'bursts':
      return cut(world, [link(world, harm.from, harm.to, { loss: harm.probability, burstPackets: harm.packets })]);
    case 'delay':
      world.delayMsMax = Math.max(world.delayMsMax, harm.upToMs);
      return cut(world, [link(world, harm.from, harm.to, { delayMsMax: harm.upToMs })]);
    case 'duplication':
      return cut(world, [link(world, harm.from, harm.to, { duplication: harm.probability })]);
    case 'replay':
      world.replay(harm.count);
      return () => {};
    case 'names-down':
      world.names.isDown = true;
      return () => {
        world.names.isDown = false;
      };
    case 'wish':
      wish(world, harm);
      return () => {};
    default:
      return beginAtHost(world, world.hosts[harm.host]!, harm);
  }
}

function beginAtHost(world: World, host: Host, harm: Extract<Harm, { readonly host: number }>): () => void {
  switch (harm.kind) {
    case 'pause':
      host.pause();
      return () => host.resume();
    case 'suspend':
      host.suspend();
      return () => host.wake();
    case 'crash':
      return crash(world, host, harm);
    case 'power-loss':
      host.losePower();
      return heldDown(host);
    case 'leave':
    case 'stop':
      host.process?.command({ kind: harm.kind }, () => {});
      return () => {
        host.isWantedUp = true;
        startIfDown(host);
      };
    case 'join':
      startIfDown(host);
      return () => {};
    case 'wall-clock':
      host.clock.jumpWallClock(harm.byMs);
      return () => host.clock.jumpWallClock(-harm.byMs);
    case 'disk': {
      const { disk } = host;
      disk.health = harm.health;
      return () => {
        disk.health = 'good';
      };
    }
    case 'wish':
      return () => {};
    default:
      return assertNever(harm);
  }
}

function wish(world: World, harm: Extract<Harm, { readonly kind: 'wish' }>): void {
  const { name } = world.hosts[harm.of]!.launch;
  const command: Command =
    harm.wish === 'forget'
      ? { kind: 'forget', name }
      : harm.wish === 'add'
        ? { kind: 'voters', add: name }
        : { kind: 'voters', remove: name };
  world.hosts[harm.host]!.process?.command(command, () => {});
}

function startIfDown(host: Host): void {
  if (host.heldDownCount === 0 && host.process === null) host.start();
}

function heldDown(host: Host): () => void {
  host.heldDownCount += 1;
  return () => {
    host.heldDownCount -= 1;
    startIfDown(host);
  };
}

function link(world: World, from: Hosts, to: Hosts, what: Partial<Omit<LinkFault, 'from' | 'to'>>): LinkFault {
  const count = world.hosts.length;
  return { from: hostMask(from, count), to: hostMask(to, count), spares: 'nothing', loss: 0, delayMsMax: 0, duplication: 0, ...what };
}

function cut(world: World, faults: readonly LinkFault[]): () => void {
  for (const fault of faults) world.links.add(fault);
  return () => {
    for (const fault of faults) world.links.heal(fault);
  };
}

function crash(world: World, host: Host, how: { readonly isWiped: boolean; readonly isMoved: boolean }): () => void {
  host.crash();
  const heal = heldDown(host);
  if (how.isWiped && mayLoseDisk(world, host)) host.wipe();
  if (how.isMoved) world.moveHost(host);
  return heal;
}

// A disk is lost only while a majority of the voters keeps theirs: beyond that nothing is promised (README, what is not promised).
function mayLoseDisk(world: World, host: Host): boolean {
  const record = host.disk.durable?.record ?? null;
  if (record === null) return world.hosts.some((other) => other !== host && other.disk.durable?.clusterId != null);
  return majorityKeeps(
    record,
    world.hosts.filter((other) => other !== host).map(({ disk }) => disk),
  );
}

/** A schedule within the window: three to ten faults of any kind, each from a moment to the whole window long. */
export function drawFaults(random: Random, hostCount: number, window: { readonly fromMs: number; readonly toMs: number }): Fault[] {
  const faults: Fault[] = [];
  const count = 3 + random.below(8);
  const windowMs = window.toMs - window.fromMs;
  for (let i = 0; i < count; i++) {
    const startMs = window.fromMs + random.unit() * windowMs;
    // Squared, so that short ones are common and long ones happen.
    const lengthMs = 100 + random.unit() * random.unit() * windowMs;
    faults.push({ startMs, endMs: Math.min(startMs + lengthMs, window.toMs), harm: drawHarm(random, hostCount) });
  }
  return faults.sort((a, b) => a.startMs - b.startMs);
}

function drawHarm(random: Random, hostCount: number): Harm {
  const host = random.below(hostCount);
  switch (random.below(18)) {
    case 0:
    case 1:
    case 2: {
      const order = shuffled(random, hostCount);
      const sideCount = 1 + random.below(hostCount - 1);
      return { kind: 'partition', side: order.slice(0, sideCount).sort(ascending), otherSide: order.slice(sideCount).sort(ascending) };
    }
    case 3:
      return { kind: 'one-way', from: drawSome(random, hostCount), to: drawSome(random, hostCount) };
    case 4:
      return { kind: 'loss', from: drawSome(random, hostCount), to: drawSome(random, hostCount), probability: random.between(0.05, 0.7) };
    case 5:
      return {
        kind: 'delay',
        from: drawSome(random, hostCount),
        to: drawSome(random, hostCount),
        upToMs: Math.round(20_000 * random.unit() ** 3),
      };
    case 6:
      return {
        kind: 'duplication',
        from: drawSome(random, hostCount),
        to: drawSome(random, hostCount),
        probability: random.between(0.05, 0.9),
      };
    case 7:
    case 8:
      return { kind: 'pause', host };
    case 9:
      return { kind: 'crash', host, isWiped: false, isMoved: random.chance(0.3) };
    case 10:
      return { kind: 'crash', host, isWiped: random.chance(0.5), isMoved: random.chance(0.3) };
    case 11:
      return random.chance(0.5) ? { kind: 'suspend', host } : { kind: 'power-loss', host };
    case 12:
      return drawBridge(random, hostCount);
    case 13:
      return { kind: 'replay', count: 1 + random.below(200) };
    case 14:
      return random.chance(0.5) ? { kind: 'leave', host } : { kind: 'stop', host };
    case 15:
      return { kind: 'join', host: hostCount - 1 };
    case 16: {
      const wishes = ['add', 'remove', 'forget'] as const;
      return { kind: 'wish', host, wish: wishes[random.below(wishes.length)]!, of: random.below(hostCount) };
    }
    default:
      return drawMachineHarm(random, host);
  }
}

/** Two sides that cannot talk, and at least one host that both can talk to. */
function drawBridge(random: Random, hostCount: number): Harm {
  const order = shuffled(random, hostCount);
  const bridgeCount = 1 + random.below(Math.max(1, hostCount - 2));
  const sideCount = 1 + random.below(Math.max(1, hostCount - bridgeCount - 1));
  return {
    kind: 'bridge',
    bridge: order.slice(0, bridgeCount).sort(ascending),
    side: order.slice(bridgeCount, bridgeCount + sideCount).sort(ascending),
    otherSide: order.slice(bridgeCount + sideCount).sort(ascending),
  };
}

const YEAR_MS = 365 * 86_400_000;

function drawMachineHarm(random: Random, host: number): Harm {
  switch (random.below(5)) {
    case 0:
      return { kind: 'disk', host, health: 'slow' };
    case 1:
      return { kind: 'disk', host, health: 'read-only' };
    case 2:
      return { kind: 'disk', host, health: 'full' };
    case 3:
      return { kind: 'wall-clock', host, byMs: random.between(-YEAR_MS, YEAR_MS) };
    default:
      return { kind: 'names-down' };
  }
}

/** All of them, or any part. */
function drawSome(random: Random, hostCount: number): number[] {
  const order = shuffled(random, hostCount);
  return random.chance(0.4) ? order.sort(ascending) : order.slice(0, 1 + random.below(hostCount)).sort(ascending);
}

function shuffled(random: Random, hostCount: number): number[] {
  const order = new Uint32Array(hostCount);
  for (let i = 0; i < hostCount; i++) order[i] = i;
  random.shuffle(order, hostCount);
  return [...order];
}

function ascending(a: number, b: number): number {
  return a - b;
}
