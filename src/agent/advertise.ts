// What peers are told to reach this agent at, by the rule of INTERFACE: --advertise, else the bound address if it is a specific
// one, else the source address of the route to the first seed, without a seed that of the default route; loopback only if the seeds are.
// The choice is made by pure functions over what was found out; routes.ts does the finding out.

import { type Address, formatAddress } from '../core/index.ts';
import { isMemberAddress } from '../wire/index.ts';
import { parseEndpoint } from './endpoint.ts';
import { canonicalHost, isLinkLocalHost, isLoopbackHost, isUnspecifiedHost } from './hosts.ts';
import { OperationalError } from './operational-error.ts';
import type { Resolver } from './ports.ts';
import { defaultRouteSources, type InterfaceAddress, listInterfaces, resolveAll, routeSource } from './routes.ts';

export interface Advertised {
  readonly address: Address;
  /** A sentence for the log. */
  readonly reason: string;
}

/** As bound: the port is the one that the system gave. */
export interface Bound {
  readonly host: string | null;
  readonly port: number;
}

export interface SeedRoute {
  readonly seed: string;
  /** Canonical, what this host would send from; null when it has no address or no route now. */
  readonly source: string | null;
}

export interface AdvertiseOptions {
  readonly advertise: string | null;
  readonly bound: Bound;
  readonly seeds: readonly string[];
  readonly resolver: Resolver;
}

/** Throws `usage` for a wish that cannot be met, `address-unavailable` when nothing can be chosen. */
export async function chooseAdvertised(options: AdvertiseOptions): Promise<Advertised> {
  const { advertise, bound, seeds, resolver } = options;
  const interfaces = listInterfaces();
  const wished = advertisedByWish(advertise, bound, interfaces);
  if (wished !== null) return wished;
  const seedRoutes: SeedRoute[] = [];
  for (const { seed, addresses } of await resolveAll(seeds, resolver)) {
    const sources = await Promise.all(addresses.map(routeSource));
    if (!sources.some((source) => source !== null)) seedRoutes.push({ seed, source: null });
    for (const source of sources) if (source !== null) seedRoutes.push({ seed, source });
  }
  return advertisedByRoute({ bound, seedRoutes, defaultSources: await defaultRouteSources(), interfaces });
}

/** Null when neither the flag nor the bound address says it. */
export function advertisedByWish(advertise: string | null, bound: Bound, interfaces: readonly InterfaceAddress[]): Advertised | null {
  if (advertise !== null)
    return advertise.startsWith('@') ? ofInterface(advertise.slice(1), bound, interfaces) : ofAddress(advertise, bound);
  if (bound.host === null) return null;
  const host = canonicalHost(bound.host);
  if (host === null || isUnspecifiedHost(host)) return null;
  return { address: formatAddress(host, bound.port), reason: 'it is the address that is bound' };
}

export interface Routes {
  readonly bound: Bound;
  /** In the order of the seeds, of each in the order of its addresses. */
  readonly seedRoutes: readonly SeedRoute[];
  /** IPv4 first, either may be absent. */
  readonly defaultSources: readonly string[];
  readonly interfaces: readonly InterfaceAddress[];
}

export function advertisedByRoute(routes: Routes): Advertised {
  const { bound, seedRoutes, defaultSources, interfaces } = routes;
  const isUsable = (host: string | null): host is string => host !== null && isReachableVia(bound, host) && !isLinkLocalHost(host);
  // A host's own name often stands for 127.0.1.1 there; only when every seed is on loopback is that where the cluster is.
  const isLocal = seedRoutes.every(({ source }) => source !== null && isLoopbackHost(source));
  for (const { seed, source } of seedRoutes) {
    if (!isUsable(source) || (isLoopbackHost(source) && !isLocal)) continue;
    return { address: formatAddress(source, bound.port), reason: `it is the source address of the route to the seed ${seed}` };
  }
  const why = seedRoutes.length === 0 ? 'no seed is known yet' : 'no seed has a usable route';
  const source = defaultSources.find((host) => isUsable(host) && !isLoopbackHost(host));
  if (source !== undefined) {
    return { address: formatAddress(source, bound.port), reason: `it is the source address of the default route (${why})` };
  }
  const others = interfaces.filter(({ host }) => isUsable(host) && !isLoopbackHost(host));
  const only = others.length === 1 ? others[0] : undefined;
  if (only !== undefined) {
    const reason = `it is the only address of this host that others may reach, on ${only.interfaceName} (${why}, and there is no default route)`;
    return { address: formatAddress(only.host, bound.port), reason };
  }
  throw new OperationalError(
    'address-unavailable',
    `it cannot be told which address the others are to reach this host at: ${why}, there is no default route, and ${listed(others)}`,
    'Name it by --advertise ADDRESS or --advertise @INTERFACE; for a cluster on this machine alone --bind 127.0.0.1.',
  );
}

function ofAddress(advertise: string, bound: Bound): Advertised {
  const endpoint = parseEndpoint(advertise);
  if (endpoint.kind === 'malformed') throw usage(`--advertise ${advertise}: ${endpoint.reason}`);
  if (endpoint.kind === 'name') throw usage(`--advertise ${advertise} is a name, and members are told an address`);
  const address = formatAddress(endpoint.host, endpoint.port ?? bound.port);
  // What peers would refuse to believe is refused here, where someone reads why.
  if (!isMemberAddress(address)) throw usage(`--advertise ${advertise} is not the address of one host`);
  return { address, reason: 'it is what --advertise names' };
}

function ofInterface(name: string, bound: Bound, interfaces: readonly InterfaceAddress[]): Advertised {
  const own = interfaces.filter((one) => one.interfaceName === name);
  if (own.length === 0) {
    const names = [...new Set(interfaces.map((one) => one.interfaceName))];
    throw usage(
      `--advertise @${name}: there is no interface of that name with an address`,
      `The interfaces with an address here: ${names.join(', ') || 'none'}.`,
    );
  }
  const usable = own.filter(({ host }) => isReachableVia(bound, host) && !isLinkLocalHost(host));
  const chosen = usable.find(({ host }) => !host.includes(':')) ?? usable[0];
  if (chosen === undefined) {
    throw usage(
      `--advertise @${name}: none of its addresses (${own.map((one) => one.host).join(', ')}) can be used with what is bound (${bound.host ?? 'every address'})`,
    );
  }
  return { address: formatAddress(chosen.host, bound.port), reason: `it is the address of the interface ${name}, which --advertise names` };
}

/** A socket on 0.0.0.0 hears no IPv6. */
function isReachableVia(bound: Bound, host: string): boolean {
  return bound.host !== '0.0.0.0' || !host.includes(':');
}

function listed(addresses: readonly InterfaceAddress[]): string {
  if (addresses.length === 0) return 'there is no address but loopback';
  return `there are several addresses (${addresses.map(({ host, interfaceName }) => `${host} on ${interfaceName}`).join(', ')})`;
}

function usage(message: string, hint = 'Write --advertise ADDRESS, ADDRESS:PORT, [IPV6-ADDRESS]:PORT or @INTERFACE.'): OperationalError {
  return new OperationalError('usage', message, hint);
}
