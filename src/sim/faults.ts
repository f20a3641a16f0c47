// The grammar of what goes wrong: a fault has a kind, a subject, a start and an end, and is healed at its end.
// `drawFaults` writes a schedule by chance, `describeFault` says it in one line, `inflict` carries it out.

import { assertNever, type Random } from '../core/index.ts';
import type { DiskHealth } from './disk.ts';
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
  | { readonly kind: 'delay'; readonly from: Hosts; readonly to: Hosts; readonly upToMs: number }
  | { readonly kind: 'duplication'; readonly from: Hosts; readonly to: Hosts; readonly probability: number }
  | { readonly kind: 'pause'; readonly host: number }
  | { readonly kind: 'crash'; readonly host: number; readonly isWiped: boolean; readonly isMoved: boolean }
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
    case 'delay':
      return `delay up to ${harm.upToMs.toFixed(0)} ms ${named(harm.from)} -> ${named(harm.to)}`;
    case 'duplication':
      return `duplication ${(harm.probability * 100).toFixed(0)} % ${named(harm.from)} -> ${named(harm.to)}`;
    case 'pause':
      return `pause ${named([harm.host])}`;
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
    case 'delay':
      world.delayMsMax = Math.max(world.delayMsMax, harm.upToMs);
      return cut(world, [link(world, harm.from, harm.to, { delayMsMax: harm.upToMs })]);
    case 'duplication':
      return cut(world, [link(world, harm.from, harm.to, { duplication: harm.probability })]);
    case 'pause': {
      const host = world.hosts[harm.host]!;
      host.pause();
      return () => host.resume();
    }
    case 'crash':
      return crash(world, world.hosts[harm.host]!, harm);
    case 'disk': {
      const { disk } = world.hosts[harm.host]!;
      disk.health = harm.health;
      return () => {
        disk.health = 'good';
      };
    }
    case 'names-down':
      world.names.isDown = true;
      return () => {
        world.names.isDown = false;
      };
    default:
      return assertNever(harm);
  }
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
  host.heldDownCount += 1;
  // The last copy of a cluster is spared: without it there would be nothing to come back to.
  if (how.isWiped && world.hosts.some((other) => other !== host && other.disk.durable?.clusterId != null)) host.wipe();
  if (how.isMoved) world.moveHost(host);
  return () => {
    host.heldDownCount -= 1;
    if (host.heldDownCount === 0 && host.process === null) host.start();
  };
}

/** A schedule within the window: one to eight faults of any kind, each from a moment to the whole window long. */
export function drawFaults(random: Random, hostCount: number, window: { readonly fromMs: number; readonly toMs: number }): Fault[] {
  const faults: Fault[] = [];
  const count = 1 + random.below(8);
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
  switch (random.below(10)) {
    case 0:
    case 1: {
      const order = shuffled(random, hostCount);
      const sideCount = 1 + random.below(hostCount - 1);
      return { kind: 'partition', side: order.slice(0, sideCount).sort(ascending), otherSide: order.slice(sideCount).sort(ascending) };
    }
    case 2:
      return { kind: 'one-way', from: drawSome(random, hostCount), to: drawSome(random, hostCount) };
    case 3:
      return { kind: 'loss', from: drawSome(random, hostCount), to: drawSome(random, hostCount), probability: random.between(0.05, 0.7) };
    case 4:
      return {
        kind: 'delay',
        from: drawSome(random, hostCount),
        to: drawSome(random, hostCount),
        upToMs: Math.round(20_000 * random.unit() ** 3),
      };
    case 5:
      return {
        kind: 'duplication',
        from: drawSome(random, hostCount),
        to: drawSome(random, hostCount),
        probability: random.between(0.05, 0.9),
      };
    case 6:
      return { kind: 'pause', host };
    case 7:
      return { kind: 'crash', host, isWiped: false, isMoved: random.chance(0.3) };
    case 8:
      return { kind: 'crash', host, isWiped: random.chance(0.5), isMoved: random.chance(0.3) };
    default:
      return drawMachineHarm(random, host);
  }
}

function drawMachineHarm(random: Random, host: number): Harm {
  switch (random.below(4)) {
    case 0:
      return { kind: 'disk', host, health: 'slow' };
    case 1:
      return { kind: 'disk', host, health: 'read-only' };
    case 2:
      return { kind: 'disk', host, health: 'full' };
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
