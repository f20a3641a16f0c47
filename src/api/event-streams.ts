// GET /v1/events: NDJSON, or SSE for those who accept it. Each stream pulls from the log, a slice at a time, and only after its
// reader took the last one: a reader that never reads costs one slice and the kernel's buffer, and is told later what it lost.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EventLog } from '../agent/event-log.ts';
import type { EventJson } from './contract.ts';
import type { ApiLimits } from './limits.ts';
import type { EventsQuery } from './query.ts';
import { problem, type Reply } from './reply.ts';
import { eventJson, rfc3339 } from './views.ts';

export interface StreamOptions {
  readonly query: EventsQuery;
  readonly isEventSource: boolean;
  readonly headers: readonly string[];
}

/** The clocks that streams go by: the monotone one to judge readers, the wall clock to date what they lost. */
export interface StreamClock {
  nowMs(): number;
  wallClockMs(): number;
}

export class EventStreams {
  readonly #log: EventLog;
  readonly #limits: ApiLimits;
  readonly #clock: StreamClock;
  readonly #streams = new Set<EventStream>();

  constructor(log: EventLog, limits: ApiLimits, clock: StreamClock) {
    this.#log = log;
    this.#limits = limits;
    this.#clock = clock;
  }

  get count(): number {
    return this.#streams.size;
  }

  /** Null: the stream runs until its reader goes, or until it has caught up where it does not follow. */
  open(request: IncomingMessage, response: ServerResponse, options: StreamOptions): Reply | null {
    if (this.#streams.size >= this.#limits.streams && !this.#cutStalled()) {
      const open = `all ${this.#limits.streams} streams of events are in use`;
      return problem(503, 'too-many-streams', open, 'close one, or read without following: ?follow=false');
    }
    const type = options.isEventSource ? 'text/event-stream; charset=utf-8' : 'application/x-ndjson; charset=utf-8';
    response.writeHead(200, ['Content-Type', type, 'Cache-Control', 'no-store', ...options.headers]);
    if (request.method === 'HEAD') {
      response.end();
      return null;
    }
    const stream = new EventStream(response, this.#log, options, this.#limits, this.#clock);
    this.#streams.add(stream);
    response.once('close', () => this.#streams.delete(stream));
    stream.start();
    return null;
  }

  closeAll(): void {
    for (const stream of this.#streams) stream.end();
  }

  #cutStalled(): boolean {
    const limitMs = this.#clock.nowMs() - this.#limits.streamStallMs;
    for (const stream of this.#streams) {
      if (stream.blockedSinceMs === null || stream.blockedSinceMs > limitMs) continue;
      this.#streams.delete(stream);
      stream.cut();
      return true;
    }
    return false;
  }
}

class EventStream {
  readonly #response: ServerResponse;
  readonly #log: EventLog;
  readonly #options: StreamOptions;
  readonly #limits: ApiLimits;
  readonly #clock: StreamClock;
  /** Everything up to this id was sent, filtered out or told as lost. */
  #cursor: number;
  #blockedSinceMs: number | null = null;
  #isScheduled = false;
  #isEnded = false;

  constructor(response: ServerResponse, log: EventLog, options: StreamOptions, limits: ApiLimits, clock: StreamClock) {
    this.#response = response;
    this.#log = log;
    this.#options = options;
    this.#limits = limits;
    this.#clock = clock;
    this.#cursor = options.query.since;
  }

  /** Since when the reader takes nothing; null while it does. */
  get blockedSinceMs(): number | null {
    return this.#blockedSinceMs;
  }

  start(): void {
    this.#response.flushHeaders();
    const stopListening = this.#log.subscribe(() => this.#schedule());
    const comments = this.#options.isEventSource ? setInterval(() => this.#comment(), this.#limits.sseCommentMs) : null;
    comments?.unref();
    this.#response.on('drain', () => {
      this.#blockedSinceMs = null;
      this.#pump();
    });
    this.#response.once('close', () => {
      this.#isEnded = true;
      stopListening();
      if (comments !== null) clearInterval(comments);
    });
    this.#pump();
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#response.end();
  }

  cut(): void {
    this.#response.destroy();
  }

  // An append happens inside a step of the node, which must not wait for readers; a burst is written in one go.
  #schedule(): void {
    if (this.#isScheduled || this.#blockedSinceMs !== null) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (!this.#isEnded && this.#blockedSinceMs === null) {
      const { lost, events } = this.#log.after(this.#cursor, this.#limits.sliceEvents);
      const newest = events.at(-1);
      if (newest === undefined && lost === 0) {
        if (!this.#options.query.follow) this.end();
        return;
      }
      const lines: string[] = [];
      if (lost !== 0) lines.push(this.#line(this.#lostJson(lost, (events[0]?.id ?? this.#log.lastId + 1) - 1)));
      for (const event of events) {
        const json = eventJson(event);
        if (this.#options.query.types?.has(json.type) ?? true) lines.push(this.#line(json));
      }
      this.#cursor = newest?.id ?? this.#log.lastId;
      if (lines.length > 0 && !this.#response.write(lines.join(''))) this.#blockedSinceMs = this.#clock.nowMs();
    }
  }

  // Its id is the one before the next event, so that resuming after it misses nothing. No filter hides it.
  #lostJson(lost: number | null, id: number): EventJson {
    const time = rfc3339(this.#clock.wallClockMs());
    if (lost !== null) return { id, time, type: 'lost', count: lost };
    const { lastId } = this.#log;
    const why = this.#cursor > lastId ? `lies ahead of the newest, ${lastId}` : 'is not of this run of the agent';
    return { id, time, type: 'lost', reason: `what came after ${this.#cursor} is not known: that id ${why}` };
  }

  #line(event: EventJson): string {
    const json = JSON.stringify(event);
    return this.#options.isEventSource ? `id: ${event.id}\nevent: ${event.type}\ndata: ${json}\n\n` : `${json}\n`;
  }

  #comment(): void {
    if (this.#isEnded || this.#blockedSinceMs !== null) return;
    if (!this.#response.write(': keep-alive\n\n')) this.#blockedSinceMs = this.#clock.nowMs();
  }
}
