// Watches workers (children/worker.mjs): when each began and when it was gone, on the shared clock.
// Whatever is uncertain is counted against us: a worker began when its process did, and ended when its pid could be seen to run no more.

import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { sharedNowMs } from './one-clock.ts';

const worker = join(import.meta.dirname, '..', '..', 'test', 'support', 'children', 'worker.mjs');

export interface Life {
  readonly name: string;
  readonly pid: number;
  /** As its environment said, under `run --leader`. */
  readonly token: string | null;
  readonly startedAtMs: number;
  endedAtMs: number | null;
}

export class WorkerWatch {
  readonly lives: Life[] = [];
  /** What all workers append to. */
  readonly file: string;
  readonly #socketPath: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  readonly #onChange: (life: Life) => void;

  private constructor(directory: string, onChange: (life: Life) => void) {
    this.#onChange = onChange;
    this.file = join(directory, 'shared-file');
    this.#socketPath = join(directory, 'workers.sock');
    this.#server = createServer((socket) => this.#listenTo(socket));
  }

  /** `onChange` is told of each life as it begins and once more when it has ended. */
  static async open(directory: string, onChange: (life: Life) => void = () => {}): Promise<WorkerWatch> {
    const watch = new WorkerWatch(directory, onChange);
    await new Promise<void>((resolve, reject) => {
      watch.#server.once('error', reject);
      watch.#server.listen(watch.#socketPath, resolve);
    });
    return watch;
  }

  /** A worker that still lives ends with it. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The words that start a worker of this name. A stubborn one does not heed TERM. */
  command(name: string, { isStubborn }: { readonly isStubborn: boolean }): string[] {
    const flags = ['--report', this.#socketPath, '--name', name, '--file', this.file];
    return [process.execPath, worker, ...flags, ...(isStubborn ? ['--stubborn'] : [])];
  }

  living(name: string): Life | undefined {
    return this.lives.find((life) => life.name === name && life.endedAtMs === null);
  }

  #listenTo(socket: Socket): void {
    let text = '';
    let life: Life | null = null;
    this.#sockets.add(socket);
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (life !== null || !text.endsWith('\n')) return;
      life = { ...(JSON.parse(text) as Omit<Life, 'endedAtMs'>), endedAtMs: null };
      this.lives.push(life);
      this.#onChange(life);
    });
    // A reset is an end like any other.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (life !== null) void this.#seeEnd(life);
    });
  }

  /** The kernel closes a process's sockets when none of its code can run any more; that the pid agrees is looked at all the same. */
  async #seeEnd(life: Life): Promise<void> {
    while (isRunning(life.pid)) await new Promise((resolve) => setImmediate(resolve));
    life.endedAtMs = sharedNowMs();
    this.#onChange(life);
  }
}

function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Behind the command's closing bracket stands the state; a zombie runs nothing.
    return !'ZX'.includes(stat[stat.lastIndexOf(')') + 2]!);
  } catch {
    return false;
  }
}

/** For how long two of these lives went on at the same time, in sum. */
export function overlapMs(lives: readonly Life[], nowMs: number): number {
  let sum = 0;
  lives.forEach((one, i) => {
    for (const other of lives.slice(i + 1)) {
      const endMs = Math.min(one.endedAtMs ?? nowMs, other.endedAtMs ?? nowMs);
      sum += Math.max(0, endMs - Math.max(one.startedAtMs, other.startedAtMs));
    }
  });
  return sum;
}
