// Opens what an agent speaks through: UDP and TCP on one port number, for one address or for all of both families.

import { isIP } from 'node:net';
import { type Address, formatAddress, LIMITS } from '../core/index.ts';
import { canonicalAddress } from './address.ts';
import { Counters } from './counters.ts';
import type { OnProblem } from './reopen.ts';
import { StreamClient } from './stream-client.ts';
import { type StreamLimits, StreamServer } from './stream-server.ts';
import { TransportError } from './transport-error.ts';
import type { Transport } from './types.ts';
import { UdpSocket } from './udp.ts';

export interface OpenTransport {
  readonly transport: Transport;
  /** With the port that the system chose, if it was asked to. */
  readonly boundAddress: Address;
  /** What could not be sent or was cut off, by name. */
  readonly counters: ReadonlyMap<string, number>;
  /** When it resolves, the port is free again. `transport.close()` does the same without waiting. */
  close(): Promise<void>;
}

const STREAM_LIMITS: StreamLimits = {
  frameBytesMax: LIMITS.frameBytesMax,
  connectionsMax: 128,
  heldBytesMax: 8 * LIMITS.frameBytesMax,
  idleMs: 3000,
  totalMs: 15_000,
};

/** With port 0 the system chooses a UDP port; somebody else may have the same number for TCP. */
const PORT_TRIES = 16;

/** What a host without IPv6 says to `::`. */
const NO_IPV6 = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL', 'EPROTONOSUPPORT']);

/** Throws a TransportError when the address cannot be bound. */
export async function openTransport(
  bind: { readonly host: string | null; readonly port: number },
  onProblem: OnProblem,
): Promise<OpenTransport> {
  if (bind.host !== null) {
    if (isIP(bind.host) === 0) throw new TransportError('EINVAL', 'udp', formatAddress(bind.host, bind.port));
    return openOn(bind.host, bind.port, onProblem);
  }
  try {
    return await openOn('::', bind.port, onProblem);
  } catch (error) {
    if (error instanceof TransportError && NO_IPV6.has(error.code)) return openOn('0.0.0.0', bind.port, onProblem);
    throw error;
  }
}

async function openOn(host: string, port: number, onProblem: OnProblem): Promise<OpenTransport> {
  const counters = new Counters();
  for (let tries = 1; ; tries++) {
    const udp = new UdpSocket(host, port, counters, onProblem);
    await udp.bind();
    const server = new StreamServer(host, udp.port, STREAM_LIMITS, counters, onProblem);
    try {
      await server.bind();
    } catch (error) {
      await udp.close();
      const isTaken = error instanceof TransportError && error.code === 'EADDRINUSE';
      if (port === 0 && isTaken && tries < PORT_TRIES) continue;
      throw error;
    }
    return join(host, udp, server, counters);
  }
}

function join(host: string, udp: UdpSocket, server: StreamServer, counters: Counters): OpenTransport {
  const isEveryAddress = host === '::' || host === '0.0.0.0';
  const client = new StreamClient(isEveryAddress ? null : host, LIMITS.frameBytesMax);
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      client.close();
      await Promise.all([udp.close(), server.close()]);
    })();
    return closing;
  };
  const transport: Transport = {
    send: (to, bytes) => udp.send(to, bytes),
    exchange: (to, bytes, timeoutMs, done) => client.exchange(to, bytes, timeoutMs, done),
    listen: (receiver) => {
      udp.listen((from, bytes) => receiver.datagram(from, bytes));
      server.listen((from, bytes, answer) => receiver.asked(from, bytes, answer));
    },
    close: () => void close(),
  };
  const boundAddress = canonicalAddress(host, udp.port) ?? formatAddress(host, udp.port);
  return { transport, boundAddress, counters: counters.all, close };
}
