// Servers of api/ on sockets in a directory of their own, and raw bytes to them. Everything is closed after each test.

import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { AgentHandle } from '../../src/agent/handle.ts';
import { type Client, connect } from '../../src/api/client.ts';
import { ApiServer, type ApiServerOptions } from '../../src/api/index.ts';

const cleanups: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export function later(cleanup: () => void | Promise<void>): void {
  cleanups.push(cleanup);
}

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'quorate-api-'));
  later(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export interface Served {
  readonly server: ApiServer;
  readonly path: string;
  readonly client: Client;
}

export async function serve(agent: AgentHandle, options: Partial<ApiServerOptions> = {}): Promise<Served> {
  const path = join(temporaryDirectory(), 'quorate.sock');
  const server = new ApiServer(agent, { access: 'admin', ...options });
  await server.listen(path);
  later(() => server.close());
  return { server, path, client: connect(path) };
}

export interface Raw {
  readonly socket: Socket;
  /** All that came so far. */
  text(): string;
  /** Settles once `isThere` holds of what came; rejects when the other side closes before. */
  until(isThere: (text: string) => boolean): Promise<string>;
  /** All that came, once the other side closed. */
  closed(): Promise<string>;
}

export function raw(path: string, send = ''): Raw {
  const socket = createConnection({ path });
  later(() => {
    socket.destroy();
  });
  let received = '';
  let isClosed = false;
  const waiters = new Set<() => void>();
  const wake = (): void => {
    for (const waiter of [...waiters]) waiter();
  };
  socket.on('data', (bytes: Buffer) => {
    received += bytes.toString('utf8');
    wake();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    isClosed = true;
    wake();
  });
  if (send !== '') socket.write(send);
  const when = (isDone: () => boolean, mustBeOpen: boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const isFinished = isDone();
        if (!isFinished && !(mustBeOpen && isClosed)) return;
        waiters.delete(look);
        if (isFinished) resolve(received);
        else reject(new Error(`closed after ${JSON.stringify(received)}`));
      };
      waiters.add(look);
      look();
    });
  return {
    socket,
    text: () => received,
    until: (isThere) => when(() => isThere(received), true),
    closed: () => when(() => isClosed, false),
  };
}

/** Settles once `isTrue` holds, looking again at every turn of the loop. */
export async function eventually(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 2));
}
