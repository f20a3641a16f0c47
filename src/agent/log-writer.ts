// Lines to a file descriptor whose reader may stop: what fits a bounded buffer waits for it, the rest is dropped and counted.
// Neither the event loop nor the end of the process ever waits. A plain asynchronous write is not enough: into a full pipe it keeps
// a thread of the pool, and the process cannot end before that thread does (measured: process.exit hangs). So the
// descriptor is used without blocking, and a full one is tried again later. By a thread of the pool all the same: a reader in splice(2)
// keeps the pipe locked while its own output is stalled, and a write waits for that lock whatever the flag says (measured: 9 s).

import { constants, fstatSync, openSync, write, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { errnoOf } from './errno.ts';

/** `written` counts bytes; `code` is '' when all went well. */
type Done = (code: string, written: number) => void;
type WriteSome = (bytes: Buffer, done: Done) => void;

export interface LogWriterOptions {
  readonly bufferBytesMax?: number;
  /** Called when the buffer is empty again after lines were dropped, with how many since the last call. */
  readonly onRecovered?: (lostCount: number) => void;
}

const TRY_AGAIN_MS = 50;
const WRITE_BYTES_MAX = 64 * 1024;

export class LogWriter {
  readonly #fd: number;
  readonly #writeSome: WriteSome;
  readonly #bufferBytesMax: number;
  readonly #onRecovered: (lostCount: number) => void;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #inFlight: Buffer | null = null;
  #inFlightLines = 0;
  #isBroken = false;
  #droppedCount = 0;
  #untoldCount = 0;
  #emptyWaiters: (() => void)[] = [];

  constructor(fd: number, options: LogWriterOptions = {}) {
    this.#fd = withoutBlocking(fd);
    this.#writeSome = writerOf(this.#fd);
    this.#bufferBytesMax = options.bufferBytesMax ?? 1024 * 1024;
    this.#onRecovered = options.onRecovered ?? (() => {});
  }

  /** Lines that nobody will ever read. */
  get droppedCount(): number {
    return this.#droppedCount;
  }

  write(line: string): void {
    const bytes = Buffer.from(line);
    if (this.#isBroken || this.#waitingBytes + bytes.length > this.#bufferBytesMax) {
      this.#droppedCount += 1;
      this.#untoldCount += 1;
      return;
    }
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#work();
  }

  /** Resolves when all is written, or after `timeoutMs` whatever is left. */
  flush(timeoutMs: number): Promise<void> {
    if (this.#waitingBytes === 0 || this.#isBroken) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#emptyWaiters.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** The last chance, when the process ends without waiting: as much as fits now. What is in flight may then appear twice in part. */
  flushNow(): void {
    const left = this.#inFlight === null ? this.#waiting : [this.#inFlight, ...this.#waiting];
    this.#waiting = [];
    this.#waitingBytes = 0;
    try {
      for (let bytes = Buffer.concat(left); bytes.length > 0; ) bytes = bytes.subarray(writeSync(this.#fd, bytes));
    } catch {
      // Full, or nobody there: the process ends all the same.
    }
  }

  #work(): void {
    if (this.#inFlight !== null || this.#waiting.length === 0) return;
    let count = 0;
    let length = 0;
    while (count < this.#waiting.length && length < WRITE_BYTES_MAX) length += (this.#waiting[count++] as Buffer).length;
    this.#inFlight = Buffer.concat(this.#waiting.splice(0, count), length);
    this.#inFlightLines = count;
    this.#send();
  }

  #send(): void {
    const bytes = this.#inFlight;
    if (bytes === null) return;
    this.#writeSome(bytes, (code, written) => {
      if (code === 'EAGAIN') {
        setTimeout(() => this.#send(), TRY_AGAIN_MS).unref();
      } else if (code !== '' && code !== 'EINTR') {
        this.#break();
      } else {
        this.#waitingBytes -= written;
        this.#inFlight = written < bytes.length ? bytes.subarray(written) : null;
        if (this.#inFlight !== null) this.#send();
        else if (this.#waiting.length > 0) this.#work();
        else this.#becomeEmpty();
      }
    });
  }

  #becomeEmpty(): void {
    const waiters = this.#emptyWaiters;
    this.#emptyWaiters = [];
    for (const resolve of waiters) resolve();
    if (this.#untoldCount === 0) return;
    const lostCount = this.#untoldCount;
    this.#untoldCount = 0;
    this.#onRecovered(lostCount);
  }

  // The reader is gone for good. An agent without a log is worth more than none.
  #break(): void {
    this.#isBroken = true;
    this.#droppedCount += this.#waiting.length + this.#inFlightLines;
    this.#untoldCount = 0;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#inFlight = null;
    this.#becomeEmpty();
  }
}

// A pipe or terminal is opened anew, because the flag belongs to the open file, which is shared with the other programs of the terminal or
// the pipeline. Where that does not work (not on Linux, or not permitted) the descriptor stays as it is.
function withoutBlocking(fd: number): number {
  try {
    const { isFIFO, isCharacterDevice } = kindOf(fd);
    if (process.platform !== 'linux' || !(isFIFO || isCharacterDevice)) return fd;
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY | constants.O_APPEND);
  } catch {
    return fd;
  }
}

function kindOf(fd: number): { isFIFO: boolean; isCharacterDevice: boolean; isSocket: boolean } {
  const found = fstatSync(fd);
  return { isFIFO: found.isFIFO(), isCharacterDevice: found.isCharacterDevice(), isSocket: found.isSocket() };
}

function writerOf(fd: number): WriteSome {
  try {
    if (kindOf(fd).isSocket) return socketWriter(fd);
  } catch {
    // A closed descriptor: the first write says so.
  }
  return (bytes, done) => write(fd, bytes, (thrown, written) => done(thrown === null ? '' : errnoOf(thrown) || 'unknown', written));
}

// The system log's descriptor under systemd, and what Node gives a child as a pipe. It cannot be opened anew.
function socketWriter(fd: number): WriteSome {
  const socket = new Socket({ fd, readable: false, writable: true });
  socket.on('error', () => {});
  socket.unref();
  return (bytes, done) => {
    socket.write(bytes, (thrown) => done(thrown ? errnoOf(thrown) || 'unknown' : '', bytes.length));
  };
}
