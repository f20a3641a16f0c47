// Follows an agent's events as they happen and stamps each twice on the shared clock: when the agent says it told it, and when it was heard here.
// Who compares takes the harsher stamp: for what must come first the later one, for what must come after it the earlier one.

import { type ClientRequest, request } from 'node:http';
import type { EventJson, EventTypeJson } from '../../src/api/contract.ts';
import { sharedMsOf, sharedNowMs } from './one-clock.ts';

export interface Stamped {
  readonly event: EventJson;
  readonly earliestMs: number;
  readonly latestMs: number;
}

export class EventWatch {
  readonly seen: Stamped[] = [];
  readonly #request: ClientRequest;
  readonly #onEvent: (stamped: Stamped) => void;

  private constructor(socketPath: string, opened: (problem: Error | null) => void, onEvent: (stamped: Stamped) => void) {
    this.#onEvent = onEvent;
    this.#request = request({ socketPath, path: '/v1/events?since=0', agent: false }, (response) => {
      let rest = '';
      opened(response.statusCode === 200 ? null : new Error(`/v1/events was answered ${response.statusCode}`));
      response.setEncoding('utf8').on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop()!;
        for (const line of lines) this.#hear(line);
      });
      // The agent was stopped or killed: what it told stands.
      response.on('error', () => {});
    });
    this.#request.once('error', opened);
    this.#request.end();
  }

  /** Resolves once the agent has answered; events of before come first. */
  static async open(socketPath: string, onEvent: (stamped: Stamped) => void = () => {}): Promise<EventWatch> {
    return await new Promise((resolve, reject) => {
      const watch: EventWatch = new EventWatch(socketPath, (problem) => (problem === null ? resolve(watch) : reject(problem)), onEvent);
    });
  }

  close(): void {
    this.#request.destroy();
  }

  /** The first of this type, about this member if one is named, that was told after that instant. */
  firstAfter(sinceMs: number, type: EventTypeJson, member?: string): Stamped | undefined {
    return this.seen.find(
      ({ event, latestMs }) => latestMs > sinceMs && event.type === type && (member === undefined || event.member === member),
    );
  }

  #hear(line: string): void {
    if (line === '') return;
    const event = JSON.parse(line) as EventJson;
    const heardAtMs = sharedNowMs();
    const toldAtMs = sharedMsOf(Date.parse(event.time));
    const stamped = { event, earliestMs: Math.min(heardAtMs, toldAtMs), latestMs: Math.max(heardAtMs, toldAtMs) };
    this.seen.push(stamped);
    this.#onEvent(stamped);
  }
}
