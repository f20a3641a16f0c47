// GET /v1/lease: one line for each change of a lease, and renewals while it holds, for as long as the connection does. What is
// granted to whom is the registry's (agent/workloads.ts); here it becomes lines. A reader that does not take them misses
// renewals, never a revocation: those are few, and the rest is bounded by what the kernel and one buffer hold.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LeaseConnection, LeaseLine, LeaseRegistry } from '../agent/index.ts';
import type { LeaseQuery } from './query.ts';
import { problem, type Reply } from './reply.ts';

export class LeaseStreams {
  readonly #leases: LeaseRegistry;
  readonly #open = new Set<ServerResponse>();

  constructor(leases: LeaseRegistry) {
    this.#leases = leases;
  }

  /** Null: the stream runs until its reader goes or the server closes. */
  open(request: IncomingMessage, response: ServerResponse, query: LeaseQuery, headers: readonly string[]): Reply | null {
    const head = ['Content-Type', 'application/x-ndjson; charset=utf-8', 'Cache-Control', 'no-store', ...headers];
    if (request.method === 'HEAD') {
      response.writeHead(200, head);
      response.end();
      return null;
    }
    let isBlocked = false;
    const waiting: LeaseLine[] = [];
    let connection: LeaseConnection | null = null;
    const send = (line: LeaseLine): void => {
      // The registry's first line comes before it is known whether there is room.
      if (!response.headersSent) waiting.push(line);
      else if (!isBlocked || line.type === 'revoke') isBlocked = !response.write(`${JSON.stringify(line)}\n`);
    };
    connection = this.#leases.open({ ...query, send });
    if (connection === null) {
      const full = 'there are too many clients of leases';
      return problem(503, 'too-many-leases', full, 'end some of them: each `quorate run` on this host is one');
    }
    const { lost } = connection;
    this.#open.add(response);
    response.on('drain', () => {
      isBlocked = false;
    });
    response.once('close', () => {
      this.#open.delete(response);
      lost();
    });
    response.writeHead(200, head);
    for (const line of waiting) response.write(`${JSON.stringify(line)}\n`);
    return null;
  }

  closeAll(): void {
    for (const response of this.#open) response.end();
  }
}
