// Asks an agent over its Unix socket. One connection a request, by node:net and the little of HTTP/1.1 that the answer needs:
// loading node:http would be a fifth of the time that a short command takes. Everything read is bounded.

import { createConnection, type Socket } from 'node:net';
import type {
  EventJson,
  EventTypeJson,
  LeaderDocumentJson,
  LeaderJson,
  LeaseLineJson,
  LeaseScopeJson,
  MemberJson,
  MembersJson,
  ProblemJson,
  StatusJson,
} from './contract.ts';

export interface ApiResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface MembersFilter {
  readonly state?: string;
  readonly tags?: readonly (readonly [key: string, value: string])[];
}

export interface EventsFilter {
  /** After this id; without it, all that are kept. */
  readonly since?: number;
  readonly types?: readonly EventTypeJson[];
  /** False: end when all that are kept were told. */
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
}

/** `no-socket`: nothing at the path. `refused`: a socket that nobody listens on. `no-answer`: connected, but silent. `broken`: no HTTP. */
export type UnreachableCode = 'no-socket' | 'refused' | 'permission-denied' | 'path-too-long' | 'no-answer' | 'broken';

/** No answer came from an agent. */
export class ApiUnreachable extends Error {
  override readonly name = 'ApiUnreachable';
  readonly code: UnreachableCode;
  readonly socketPath: string;

  constructor(code: UnreachableCode, socketPath: string, reason: string) {
    super(`no agent answered at ${socketPath}: ${reason}`);
    this.code = code;
    this.socketPath = socketPath;
  }
}

/** The agent answered that it cannot or will not. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly code: string;
  readonly hint: string;

  constructor(problem: ProblemJson) {
    super(problem.detail);
    this.status = problem.status;
    this.code = problem.code;
    this.hint = problem.hint;
  }
}

export const SOCKET_PATH_BYTES_MAX = 107;
const HEAD_BYTES_MAX = 16 * 1024;
const CHUNK_LINE_BYTES_MAX = 1024;
const BODY_BYTES_MAX = 64 * 1024 * 1024;
const LINE_BYTES_MAX = 1024 * 1024;

/** Nothing is sent before the first question. A silence of `timeoutMs` ends a question; events may be silent for ever. */
export function connect(socketPath: string, timeoutMs = 10_000): Client {
  return new Client(socketPath, timeoutMs);
}

export class Client {
  readonly #path: string;
  readonly #timeoutMs: number;

  constructor(socketPath: string, timeoutMs: number) {
    this.#path = socketPath;
    this.#timeoutMs = timeoutMs;
  }

  status(): Promise<StatusJson> {
    return this.#read('/v1/status');
  }

  members(filter: MembersFilter = {}): Promise<MembersJson> {
    const query: [string, string][] = (filter.tags ?? []).map(([key, value]) => ['tag', `${key}:${value}`]);
    if (filter.state !== undefined) query.push(['state', filter.state]);
    return this.#read(withQuery('/v1/members', query));
  }

  /** An unknown name is an ApiProblem with code `no-such-member`. */
  member(name: string): Promise<MemberJson> {
    return this.#read(`/v1/members/${encodeURIComponent(name)}`);
  }

  async leader(): Promise<LeaderJson | null> {
    return (await this.#read<LeaderDocumentJson>('/v1/leader')).leader;
  }

  /** Ends when the agent does, when `signal` aborts, or (`follow: false`) when all was told. */
  async *events(filter: EventsFilter = {}): AsyncGenerator<EventJson, void, undefined> {
    const query: [string, string][] = [];
    if (filter.since !== undefined) query.push(['since', String(filter.since)]);
    if (filter.types !== undefined) query.push(['type', filter.types.join(',')]);
    if (filter.follow === false) query.push(['follow', 'false']);
    yield* this.#lines<EventJson>(withQuery('/v1/events', query), filter.signal);
  }

  /** Ends when the agent ends it, or when `signal` aborts. `client`: the id that an earlier stream was given. */
  lease(scope: LeaseScopeJson, client: string | null, signal: AbortSignal): AsyncGenerator<LeaseLineJson, void, undefined> {
    const query: [string, string][] = [
      ['for', scope],
      ['reports', 'true'],
    ];
    if (client !== null) query.push(['client', client]);
    return this.#lines<LeaseLineJson>(withQuery('/v1/lease', query), signal);
  }

  /** The answer whatever its status; a `body` is sent as JSON. */
  async request(method: string, target: string, body?: unknown): Promise<ApiResponse> {
    const reader = new ReplyReader(this.#path, method === 'HEAD');
    const pieces: Buffer[] = [];
    // Events, not `for await`: to set up that is a twentieth of the time that a short command takes.
    await new Promise<void>((resolve, reject) => {
      const socket = this.#ask(method, target, body);
      const guarded = (step: () => void): void => {
        try {
          step();
        } catch (error) {
          socket.destroy(error as Error);
        }
      };
      socket.on('data', (bytes) =>
        guarded(() => {
          pieces.push(...this.#fed(socket, reader, bytes));
          if (!reader.isDone) return;
          socket.destroy();
          resolve();
        }),
      );
      socket.on('end', () => guarded(() => reader.ended()));
      socket.on('error', (error) => reject(this.#unreachable(error)));
      socket.on('close', () => resolve());
    });
    return { status: reader.status, headers: reader.headers, body: Buffer.concat(pieces).toString('utf8') };
  }

  async *#lines<T>(target: string, signal: AbortSignal | undefined): AsyncGenerator<T, void, undefined> {
    const reader = new ReplyReader(this.#path, false);
    let unread = '';
    const decoder = new TextDecoder();
    for await (const piece of this.#exchange('GET', target, undefined, reader, signal)) {
      unread += decoder.decode(piece, { stream: true });
      if (reader.status !== 200) continue;
      const lines = unread.split('\n');
      unread = lines.pop() ?? '';
      if (unread.length > LINE_BYTES_MAX) throw reader.broken('a line is too long');
      for (const line of lines) if (line !== '') yield this.#parsed<T>(line);
    }
    if (reader.status !== 200 && !signal?.aborted) throw this.#problem(reader.status, unread);
  }

  async #read<T>(target: string): Promise<T> {
    const { status, body } = await this.request('GET', target);
    if (status !== 200) throw this.#problem(status, body);
    return this.#parsed<T>(body);
  }

  async *#exchange(method: string, target: string, body: unknown, reader: ReplyReader, signal?: AbortSignal): AsyncGenerator<Buffer> {
    const socket = this.#ask(method, target, body);
    const abort = (): void => {
      socket.destroy();
    };
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    try {
      for await (const bytes of socket) {
        yield* this.#fed(socket, reader, bytes as Buffer);
        if (reader.isDone) return;
      }
      if (!signal?.aborted) reader.ended();
    } catch (error) {
      if (!signal?.aborted) throw this.#unreachable(error);
    } finally {
      signal?.removeEventListener('abort', abort);
      socket.destroy();
    }
  }

  /** A silence ends it. */
  #ask(method: string, target: string, body: unknown): Socket {
    const path = this.#path;
    if (Buffer.byteLength(path) > SOCKET_PATH_BYTES_MAX) {
      throw new ApiUnreachable('path-too-long', path, `the path has more than the ${SOCKET_PATH_BYTES_MAX} bytes that a socket may have`);
    }
    const socket = createConnection({ path });
    const silence = (): ApiUnreachable => new ApiUnreachable('no-answer', path, `it was silent for ${this.#timeoutMs} ms`);
    socket.setTimeout(this.#timeoutMs, () => socket.destroy(silence()));
    socket.write(requestText(method, target, body));
    return socket;
  }

  #fed(socket: Socket, reader: ReplyReader, bytes: Buffer): Buffer[] {
    const pieces = reader.push(bytes);
    // From here on the silence may be the caller's, who takes its time with an event.
    if (reader.isOpenEnded) socket.setTimeout(0);
    return pieces;
  }

  #unreachable(error: unknown): Error {
    if (error instanceof ApiUnreachable) return error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return new ApiUnreachable('no-socket', this.#path, 'there is no such file');
    if (code === 'ECONNREFUSED' || code === 'ENOTSOCK') return new ApiUnreachable('refused', this.#path, 'nobody listens there');
    if (code === 'EACCES' || code === 'EPERM') return new ApiUnreachable('permission-denied', this.#path, 'you may not open it');
    if (code === 'EAGAIN') return new ApiUnreachable('no-answer', this.#path, 'too many others wait to be let in');
    return new ApiUnreachable('broken', this.#path, code ?? message);
  }

  #parsed<T>(body: string): T {
    try {
      return JSON.parse(body) as T;
    } catch {
      throw new ApiUnreachable('broken', this.#path, 'it answered with what is not JSON');
    }
  }

  #problem(status: number, body: string): Error {
    const problem = this.#parsed<ProblemJson | null>(body);
    if (typeof problem?.code === 'string') return new ApiProblem(problem);
    return new ApiUnreachable('broken', this.#path, `it answered ${status} without saying why`);
  }
}

function withQuery(path: string, query: readonly (readonly [string, string])[]): string {
  if (query.length === 0) return path;
  return `${path}?${query.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&')}`;
}

function requestText(method: string, target: string, body: unknown): string {
  const text = body === undefined ? '' : JSON.stringify(body);
  const length = method === 'GET' || method === 'HEAD' ? '' : `Content-Length: ${Buffer.byteLength(text)}\r\n`;
  const type = text === '' ? '' : 'Content-Type: application/json\r\n';
  return `${method} ${target} HTTP/1.1\r\nHost: q\r\nConnection: close\r\n${type}${length}\r\n${text}`;
}

type Expecting = 'head' | 'sized' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer' | 'anything' | 'nothing';

/** One answer, fed as it arrives: status and headers first, then its body freed of chunks. */
class ReplyReader {
  status = 0;
  readonly headers = new Map<string, string>();
  readonly #path: string;
  readonly #isHead: boolean;
  #expecting: Expecting = 'head';
  #unread: Buffer = Buffer.alloc(0);
  /** Of the sized body, or of the present chunk. */
  #missing = 0;
  #bodyBytes = 0;

  constructor(path: string, isHead: boolean) {
    this.#path = path;
    this.#isHead = isHead;
  }

  get isDone(): boolean {
    return this.#expecting === 'nothing';
  }

  /** A stream whose silence is no fault. */
  get isOpenEnded(): boolean {
    return this.#expecting !== 'head' && (this.headers.get('content-type')?.startsWith('application/x-ndjson') ?? false);
  }

  push(bytes: Buffer): Buffer[] {
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes]);
    const pieces: Buffer[] = [];
    while (this.#step(pieces));
    return pieces;
  }

  /** The other side closed. */
  ended(): void {
    if (this.#expecting !== 'anything' && this.#expecting !== 'nothing') throw this.broken('it hung up in the middle of its answer');
  }

  broken(reason: string): ApiUnreachable {
    return new ApiUnreachable('broken', this.#path, reason);
  }

  // False: more bytes are needed.
  #step(pieces: Buffer[]): boolean {
    switch (this.#expecting) {
      case 'head':
        return this.#readHead();
      case 'sized':
      case 'chunk':
      case 'anything':
        return this.#readBody(pieces);
      case 'chunk-size':
        return this.#readChunkSize();
      case 'chunk-end': {
        const line = this.#line(CHUNK_LINE_BYTES_MAX);
        if (line === null) return false;
        if (line !== '') throw this.broken('a chunk of its answer is longer than it said');
        this.#expecting = 'chunk-size';
        return true;
      }
      case 'trailer': {
        const line = this.#line(HEAD_BYTES_MAX);
        if (line === '') this.#expecting = 'nothing';
        return line !== null && line !== '';
      }
      case 'nothing':
        return false;
    }
  }

  #readHead(): boolean {
    const end = this.#unread.indexOf('\r\n\r\n');
    if (end > HEAD_BYTES_MAX || (end < 0 && this.#unread.length > HEAD_BYTES_MAX))
      throw this.broken('the headers of its answer are too long');
    if (end < 0) return false;
    const [first = '', ...lines] = this.#unread.toString('latin1', 0, end).split('\r\n');
    this.#unread = this.#unread.subarray(end + 4);
    const status = /^HTTP\/1\.[01] ([1-5]\d\d)(?: |$)/.exec(first)?.[1];
    if (status === undefined) throw this.broken('it does not speak HTTP');
    this.status = Number(status);
    if (this.status < 200) return true;
    for (const line of lines) {
      const colon = line.indexOf(':');
      if (colon > 0) this.headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
    this.#expecting = this.#bodyKind();
    return true;
  }

  // RFC 9112, 6.3.
  #bodyKind(): Expecting {
    if (this.#isHead || this.status === 204 || this.status === 304) return 'nothing';
    const coding = this.headers.get('transfer-encoding');
    if (coding !== undefined) {
      if (coding.toLowerCase() !== 'chunked') throw this.broken(`it answers in a coding nobody asked for, ${coding}`);
      return 'chunk-size';
    }
    const length = this.headers.get('content-length');
    if (length === undefined) return 'anything';
    if (!/^\d{1,15}$/.test(length)) throw this.broken('the length of its answer is no number');
    this.#missing = Number(length);
    this.#boundBody(this.#missing);
    return this.#missing === 0 ? 'nothing' : 'sized';
  }

  #readChunkSize(): boolean {
    const line = this.#line(CHUNK_LINE_BYTES_MAX);
    if (line === null) return false;
    const size = /^([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?$/.exec(line)?.[1];
    if (size === undefined) throw this.broken('the size of a chunk of its answer is no number');
    this.#missing = Number.parseInt(size, 16);
    this.#boundBody(this.#missing);
    this.#expecting = this.#missing === 0 ? 'trailer' : 'chunk';
    return true;
  }

  #readBody(pieces: Buffer[]): boolean {
    if (this.#unread.length === 0) return false;
    const isCounted = this.#expecting !== 'anything';
    const piece = isCounted ? this.#unread.subarray(0, this.#missing) : this.#unread;
    this.#unread = this.#unread.subarray(piece.length);
    if (!this.isOpenEnded) this.#bodyBytes += piece.length;
    this.#boundBody(0);
    pieces.push(piece);
    if (!isCounted) return true;
    this.#missing -= piece.length;
    if (this.#missing === 0) this.#expecting = this.#expecting === 'sized' ? 'nothing' : 'chunk-end';
    return true;
  }

  #boundBody(moreBytes: number): void {
    if (this.#bodyBytes + moreBytes > BODY_BYTES_MAX) throw this.broken(`its answer is larger than ${BODY_BYTES_MAX} bytes`);
  }

  // Null: it has not come whole.
  #line(bytesMax: number): string | null {
    const end = this.#unread.indexOf('\r\n');
    if (end > bytesMax || (end < 0 && this.#unread.length > bytesMax)) throw this.broken('a line of its answer is too long');
    if (end < 0) return null;
    const line = this.#unread.toString('latin1', 0, end);
    this.#unread = this.#unread.subarray(end + 2);
    return line;
  }
}

/** Where an agent listens when nobody says, and where every verb looks for it, in that order. */
export function usualSockets(env: Readonly<Record<string, string | undefined>>, uid: number): readonly string[] {
  const runtimeDir = env.XDG_RUNTIME_DIR;
  return [
    '/run/quorate/quorate.sock',
    ...(runtimeDir?.startsWith('/') === true ? [`${runtimeDir}/quorate/quorate.sock`] : []),
    `/tmp/quorate-${uid}/quorate.sock`,
  ];
}

/** Beside an agent's socket lies one that only answers reads: `quorate.sock` → `quorate-ro.sock`. */
export function readOnlyPath(socketPath: string): string {
  return socketPath.endsWith('.sock') ? `${socketPath.slice(0, -'.sock'.length)}-ro.sock` : `${socketPath}-ro`;
}
