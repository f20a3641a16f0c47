// The little of serf's RPC that is needed to ask it and to read its log: msgpack objects over TCP, a header before each body.

import { connect, type Socket } from 'node:net';
import { Packr, Unpackr } from 'msgpackr';
import { connected } from './asking.ts';

export interface SerfMember {
  readonly Name: string;
  readonly Status: string;
}

interface Header {
  readonly Seq: number;
  readonly Error: string;
}

interface Incomplete extends Error {
  readonly incomplete?: boolean;
  readonly values?: unknown[];
  readonly lastPosition?: number;
}

const packr = new Packr({ useRecords: false, variableMapSize: true });
const unpackr = new Unpackr({ useRecords: false });

/** The same number for every question, so that answers of one content have one length. */
const SEQ = 1;

export function serfQuestion(command: string, body?: object): Uint8Array {
  const header = packr.pack({ Command: command, Seq: SEQ });
  return body === undefined ? Buffer.from(header) : Buffer.concat([header, packr.pack(body)]);
}

export class SerfRpc {
  readonly socket: Socket;
  #rest: Uint8Array = Buffer.alloc(0);
  readonly #heard: unknown[] = [];
  #waiting: ((value: unknown) => void) | null = null;
  #failed: (reason: Error) => void = () => {};
  readonly #hear = (chunk: Buffer): void => this.#take(chunk);

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', this.#hear);
    socket.on('error', (error) => this.#failed(error));
    socket.on('close', () => this.#failed(new Error('serf closed the connection')));
  }

  static async open(host: string, port: number): Promise<SerfRpc> {
    const rpc = new SerfRpc(await connected(connect(port, host)));
    await rpc.#ask('handshake', { Version: 1 });
    return rpc;
  }

  async members(): Promise<readonly SerfMember[]> {
    await this.#ask('members');
    return ((await this.#next()) as { readonly Members: readonly SerfMember[] }).Members;
  }

  async leave(): Promise<void> {
    await this.#ask('leave');
  }

  /** From now on this connection only listens, to what the agent logs. */
  async monitor(hear: (line: string) => void): Promise<void> {
    await this.#ask('monitor', { LogLevel: 'INFO' });
    const listen = async (): Promise<void> => {
      for (;;) {
        await this.#next();
        hear(((await this.#next()) as { readonly Log: string }).Log);
      }
    };
    // It ends with the connection, which is how a watch ends.
    listen().catch(() => {});
  }

  /** Hands the bare connection to who reads it otherwise. */
  release(): Socket {
    this.socket.off('data', this.#hear);
    return this.socket;
  }

  close(): void {
    this.socket.destroy();
  }

  async #ask(command: string, body?: object): Promise<void> {
    this.socket.write(serfQuestion(command, body));
    const { Error: problem } = (await this.#next()) as Header;
    if (problem !== '') throw new Error(`serf refuses ${command}: ${problem}`);
  }

  #next(): Promise<unknown> {
    if (this.#heard.length > 0) return Promise.resolve(this.#heard.shift());
    return new Promise((resolve, reject) => {
      if (this.socket.destroyed) {
        reject(new Error('serf closed the connection'));
        return;
      }
      this.#waiting = resolve;
      this.#failed = reject;
    });
  }

  #take(chunk: Buffer): void {
    const bytes = Buffer.concat([this.#rest, chunk]);
    const { values, read } = objectsIn(bytes);
    this.#rest = bytes.subarray(read);
    this.#heard.push(...values);
    if (this.#heard.length === 0 || this.#waiting === null) return;
    const give = this.#waiting;
    this.#waiting = null;
    give(this.#heard.shift());
  }
}

/** What is whole of it, and how many bytes that is. */
export function objectsIn(bytes: Uint8Array): { readonly values: unknown[]; readonly read: number } {
  try {
    return { values: unpackr.unpackMultiple(bytes) as unknown[], read: bytes.length };
  } catch (error) {
    const { incomplete, values = [], lastPosition = 0 } = error as Incomplete;
    if (incomplete !== true) throw error;
    return { values, read: lastPosition };
  }
}
