// The HTTP server on one Unix socket: limits, the order of checks, and bytes. What is answered is decided in routes.ts.
// An exception of a handler is our own mistake and ends the process; only an OperationalError becomes a status.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AgentHandle, listenOnUnixSocket, OperationalError } from '../agent/index.ts';
import { readBody } from './body.ts';
import { Connections } from './connections.ts';
import { EventStreams } from './event-streams.ts';
import { LeaseStreams } from './lease-streams.ts';
import { type ApiLimits, LIMITS } from './limits.ts';
import { rawProblem } from './raw-problem.ts';
import { problem, type Reply } from './reply.ts';
import { ReplyCache } from './reply-cache.ts';
import { type ApiRequest, type Route, Routes, type Stream } from './routes.ts';
import { isQuorate } from './views.ts';

export interface ApiServerOptions {
  /** `read-only` answers GET and HEAD alone, so its socket may be open to every user of the host. */
  readonly access: 'admin' | 'read-only';
  readonly limits?: Partial<ApiLimits>;
}

const MODE_OF = { admin: 0o660, 'read-only': 0o666 } as const;
const QUORATE = ['X-Quorate', 'true'] as const;
const NOT_QUORATE = ['X-Quorate', 'false'] as const;
/** Smaller answers fit the kernel's buffer and are not worth counting. */
const LARGE_REPLY_BYTES = 64 * 1024;

export class ApiServer {
  readonly #agent: AgentHandle;
  readonly #isReadOnly: boolean;
  readonly #mode: number;
  readonly #limits: ApiLimits;
  readonly #server: Server;
  readonly #routes: Routes;
  readonly #connections: Connections;
  readonly #streams: EventStreams;
  readonly #leases: LeaseStreams;
  readonly #cache = new ReplyCache();
  #socketPath = '';

  constructor(agent: AgentHandle, options: ApiServerOptions) {
    this.#agent = agent;
    this.#isReadOnly = options.access === 'read-only';
    this.#mode = MODE_OF[options.access];
    this.#limits = { ...LIMITS, ...options.limits };
    this.#routes = new Routes(agent, () => this.#socketPath);
    this.#connections = new Connections(this.#limits);
    this.#streams = new EventStreams(agent.events, this.#limits, {
      nowMs: () => agent.nowMs(),
      wallClockMs: () => agent.wallClockMs(agent.nowMs()),
    });
    this.#leases = new LeaseStreams(agent.leases);
    this.#server = this.#createServer();
  }

  get connectionCount(): number {
    return this.#connections.count;
  }

  get evictedCount(): number {
    return this.#connections.evicted;
  }

  get streamCount(): number {
    return this.#streams.count;
  }

  /** Throws an OperationalError: `socket-in-use` when a live agent is there, the others when the path cannot be used. */
  async listen(path: string): Promise<void> {
    await listenOnUnixSocket(this.#server, path, this.#mode);
    this.#socketPath = path;
  }

  /** Answers under way may finish, within bounds; streams end; the socket's file goes. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#streams.closeAll();
    this.#leases.closeAll();
    this.#connections.closeIdle();
    const deadline = setTimeout(() => this.#connections.closeAll(), this.#limits.closeMs);
    await closed;
    clearTimeout(deadline);
  }

  #createServer(): Server {
    const limits = this.#limits;
    const server = createServer({
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: limits.checkMs,
    });
    server.timeout = limits.stallMs;
    server.on('connection', (socket) => this.#connections.add(socket));
    // A failed accept (no descriptors left) is told here; nothing but that one connection is lost. `listen` hears its own errors.
    server.on('error', () => {});
    server.on('request', (request, response) => this.#onRequest(request, response));
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      // A Duplex by its type; what a Unix socket's server hands over is a net.Socket.
      const connection = socket as IncomingMessage['socket'];
      if (!connection.writable || this.#connections.isAnswering(connection)) connection.destroy();
      else {
        connection.write(rawProblem(error.code));
        connection.destroySoon();
      }
    });
    return server;
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    // What Node's parser hands over has both.
    const method = request.method as string;
    const target = request.url as string;
    response.sendDate = false;
    if (method === 'GET') {
      if (!this.#begin(request, response)) return;
      const { view } = this.#agent;
      const moment = { index: view.index, isQuorate: isQuorate(this.#agent), nowMs: this.#agent.nowMs() };
      const cached = this.#cache.get(target, moment);
      if (cached === undefined) this.#route(request, response, method, target);
      else this.#send(request, response, cached, moment.isQuorate);
    } else if (method === 'HEAD') {
      if (this.#begin(request, response)) this.#route(request, response, method, target);
    } else this.#route(request, response, method, target);
  }

  #route(request: IncomingMessage, response: ServerResponse, method: string, target: string): void {
    const isRead = method === 'GET' || method === 'HEAD';
    if (!isRead && this.#isReadOnly) {
      const where = `${this.#socketPath} answers GET and HEAD only`;
      void this.#refuse(request, response, problem(403, 'read-only', where, `send it to ${this.#agent.socketPath}`));
      return;
    }
    const found = this.#routes.find(method, target);
    if (!('kind' in found)) {
      if (isRead) this.#send(request, response, found);
      else void this.#refuse(request, response, found);
      return;
    }
    const { route, name, query } = found;
    if (route.isAdminOnly === true && this.#isReadOnly) {
      const where = `${this.#socketPath} does not answer ${route.path}`;
      this.#send(request, response, problem(403, 'read-only', where, `send it to ${this.#agent.socketPath}`));
      return;
    }
    if (!isRead) {
      void this.#wish(request, response, route, query);
      return;
    }
    const outcome = route.handle(requestOf(request, name, query, ''));
    if (outcome instanceof Promise) throw new TypeError(`${route.path} waits, which a read must not`);
    if ('kind' in outcome) this.#stream(request, response, outcome);
    else {
      if (method === 'GET' && outcome.status === 200 && route.isCacheable === true) this.#cache.put(target, outcome);
      this.#send(request, response, outcome);
    }
  }

  // Until its body is whole, a request counts as idle: a slow sender holds no place that a new one needs.
  async #wish(request: IncomingMessage, response: ServerResponse, route: Route, query: string): Promise<void> {
    const body = await readBody(request);
    if (body === null || !this.#begin(request, response)) return;
    if (body.kind === 'bad') {
      this.#send(request, response, body.reply);
      return;
    }
    this.#connections.hold(request.socket);
    const reply = await answerOf(route, requestOf(request, '', query, body.value));
    this.#connections.release(request.socket);
    this.#cache.clear();
    this.#send(request, response, reply);
  }

  // A refusal that does not depend on the body still reads it, within its bounds: the next request stands behind it.
  async #refuse(request: IncomingMessage, response: ServerResponse, reply: Reply): Promise<void> {
    const body = await readBody(request);
    if (body === null || !this.#begin(request, response)) return;
    this.#send(request, response, body.kind === 'bad' ? body.reply : reply);
  }

  #stream(request: IncomingMessage, response: ServerResponse, outcome: Stream): void {
    const headers = isQuorate(this.#agent) ? QUORATE : NOT_QUORATE;
    this.#connections.hold(request.socket);
    const refusal =
      outcome.kind === 'lease'
        ? this.#leases.open(request, response, outcome.query, headers)
        : this.#streams.open(request, response, { query: outcome.query, isEventSource: outcome.isEventSource, headers });
    if (refusal === null) return;
    this.#connections.release(request.socket);
    this.#send(request, response, refusal);
  }

  #begin(request: IncomingMessage, response: ServerResponse): boolean {
    const { socket } = request;
    const unanswered = this.#connections.begin(socket);
    response.once('close', () => {
      this.#connections.end(socket);
      if (!this.#server.listening) socket.destroySoon();
    });
    if (unanswered <= this.#limits.pipelined) return true;
    const many = `more than ${this.#limits.pipelined} requests of this connection wait for an answer`;
    this.#send(request, response, problem(429, 'too-many-pipelined', many, 'read the answers first', ['Connection', 'close']));
    return false;
  }

  /** `holdsQuorum`: as of this very step, where it was asked already: it costs a read of the clock that counts suspension. */
  #send(request: IncomingMessage, response: ServerResponse, reply: Reply, holdsQuorum = isQuorate(this.#agent)): void {
    const quorate = holdsQuorum ? QUORATE : NOT_QUORATE;
    if (reply.contentType === '') {
      response.writeHead(reply.status, [...quorate, ...reply.headers]);
      response.end();
      return;
    }
    const bytes = Buffer.byteLength(reply.body);
    if (bytes > LARGE_REPLY_BYTES) this.#connections.owe(request.socket, bytes);
    const headers = ['Content-Type', reply.contentType, 'Content-Length', String(bytes), ...quorate, ...reply.headers];
    response.writeHead(reply.status, headers);
    response.end(reply.body);
  }
}

async function answerOf(route: Route, request: ApiRequest): Promise<Reply> {
  try {
    const outcome = await route.handle(request);
    if ('kind' in outcome) throw new TypeError(`${route.path} is no read, yet answers with a stream`);
    return outcome;
  } catch (error) {
    if (error instanceof OperationalError) return problem(500, error.code, error.message, error.hint);
    throw error;
  }
}

function requestOf(request: IncomingMessage, name: string, query: string, body: string): ApiRequest {
  const lastEventId = request.headers['last-event-id'];
  return {
    name,
    query,
    body,
    lastEventId: typeof lastEventId === 'string' ? lastEventId : undefined,
    isEventSource: request.headers.accept?.includes('text/event-stream') ?? false,
  };
}
