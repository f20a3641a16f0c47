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
import { ReplyReader } from './reply-reader.ts';
import { ApiProblem, ApiUnreachable } from './unreachable.ts';

export { ApiProblem, ApiUnreachable, type UnreachableCode } from './unreachable.ts';

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

export const SOCKET_PATH_BYTES_MAX = 107;
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
      socket.on('end', () =>
        guarded(() => {
          reader.ended();
          resolve();
        }),
      );
      socket.on('error', (error) => reject(this.#unreachable(error)));
      // Unless it is settled: nothing that is not whole is taken for an answer.
      socket.on('close', () => reject(reader.broken('it hung up')));
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
