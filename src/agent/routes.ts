// What the host's routing says: which address a datagram to somewhere would be sent from. Nothing is sent to find out:
// to connect a UDP socket only asks the system for the route.

import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { type Address, formatAddress, hostOf, portOf } from '../core/index.ts';
import { canonicalHost, isUnspecifiedHost } from './hosts.ts';
import type { Resolver } from './ports.ts';

export interface InterfaceAddress {
  readonly interfaceName: string;
  /** Canonical. */
  readonly host: string;
}

/** Set aside for documentation (RFC 5737, 3849): nobody is there, so the way to them is the default route. */
const FAR_AWAY: readonly Address[] = [formatAddress('192.0.2.1', 9), formatAddress('2001:db8::1', 9)];

/** Null when there is no route. */
export function routeSource(to: Address): Promise<string | null> {
  return new Promise((resolve) => {
    const host = hostOf(to);
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    let isFinished = false;
    const finish = (source: string | null): void => {
      if (isFinished) return;
      isFinished = true;
      socket.close();
      resolve(source);
    };
    socket.on('error', () => finish(null));
    socket.connect(portOf(to), host, (thrown?: Error) => {
      if (thrown) finish(null);
      else finish(usableSource(socket.address().address));
    });
  });
}

/** IPv4's first. */
export async function defaultRouteSources(): Promise<string[]> {
  const sources = await Promise.all(FAR_AWAY.map(routeSource));
  return sources.filter((source) => source !== null);
}

export function listInterfaces(): InterfaceAddress[] {
  const found: InterfaceAddress[] = [];
  for (const [interfaceName, addresses] of Object.entries(networkInterfaces())) {
    for (const { address } of addresses ?? []) {
      const host = canonicalHost(address);
      if (host !== null) found.push({ interfaceName, host });
    }
  }
  return found;
}

/** All at once, in the order of the seeds; one that has no address now has none in the answer. */
export function resolveAll(seeds: readonly string[], resolver: Resolver): Promise<{ seed: string; addresses: readonly Address[] }[]> {
  return Promise.all(
    seeds.map(
      (seed) =>
        new Promise<{ seed: string; addresses: readonly Address[] }>((resolve) =>
          resolver.resolve(seed, (addresses) => resolve({ seed, addresses })),
        ),
    ),
  );
}

function usableSource(text: string): string | null {
  const host = canonicalHost(text);
  return host === null || isUnspecifiedHost(host) ? null : host;
}
