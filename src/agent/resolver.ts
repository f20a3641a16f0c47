// The Resolver port: seeds to addresses, asked anew at every try, so that a name may change its meaning while the agent runs.
// A name server that hangs costs an answer after the time-out, never a wait of anything else.

import { promises as dns } from 'node:dns';
import { type Address, formatAddress } from '../core/index.ts';
import { DEFAULT_PORT, parseEndpoint } from './endpoint.ts';
import { describeErrno } from './errno.ts';
import { canonicalHost } from './hosts.ts';
import type { Resolver } from './ports.ts';

/** All addresses of a name in the system's order. May hang or throw. */
export type Lookup = (host: string) => Promise<readonly string[]>;

export interface ResolverOptions {
  readonly lookup?: Lookup;
  readonly timeoutMs?: number;
  readonly lookupsMax?: number;
}

/** Of one name, so that a strange zone cannot fill the list of seeds. */
const ADDRESSES_MAX = 64;

const systemLookup: Lookup = async (host) => (await dns.lookup(host, { all: true, verbatim: true })).map((found) => found.address);

type Answer = { readonly hosts: readonly string[]; readonly problem: string | null };

/** One lookup, with all who ask for the name while it runs. */
interface Question {
  readonly host: string;
  readonly askers: Set<(answer: Answer) => void>;
}

export class HostResolver implements Resolver {
  readonly #lookup: Lookup;
  readonly #timeoutMs: number;
  // libuv gives getaddrinfo at most half of its four threads, and one that hangs cannot be called back. Two at once is therefore
  // all there is; counting them here keeps a hanging name from queueing its own repetitions before the others' names.
  readonly #lookupsMax: number;
  readonly #running = new Map<string, Question>();
  readonly #waiting = new Map<string, Question>();

  constructor(options: ResolverOptions = {}) {
    this.#lookup = options.lookup ?? systemLookup;
    this.#timeoutMs = options.timeoutMs ?? 5000;
    this.#lookupsMax = options.lookupsMax ?? 2;
  }

  resolve(seed: string, done: (addresses: readonly Address[], problem: string | null) => void): void {
    const endpoint = parseEndpoint(seed);
    if (endpoint.kind === 'malformed') {
      queueMicrotask(() => done([], endpoint.reason));
      return;
    }
    const port = endpoint.port ?? DEFAULT_PORT;
    if (endpoint.kind === 'address') {
      queueMicrotask(() => done([formatAddress(endpoint.host, port)], null));
      return;
    }
    this.#ask(endpoint.host, (answer) => done(addressesOf(answer.hosts, port), answer.problem));
  }

  #ask(host: string, answered: (answer: Answer) => void): void {
    const question = this.#running.get(host) ?? this.#waiting.get(host) ?? this.#queue(host);
    const asker = (answer: Answer): void => {
      clearTimeout(timer);
      question.askers.delete(asker);
      answered(answer);
    };
    const timer = setTimeout(() => {
      asker({ hosts: [], problem: `looking up ${host} took longer than ${this.#timeoutMs} ms` });
      // Nobody waits for it: it need not be asked at all. A running one keeps its place until it ends.
      if (question.askers.size === 0) this.#waiting.delete(host);
    }, this.#timeoutMs);
    question.askers.add(asker);
    this.#startNext();
  }

  #queue(host: string): Question {
    const question: Question = { host, askers: new Set() };
    this.#waiting.set(host, question);
    return question;
  }

  #startNext(): void {
    for (const question of this.#waiting.values()) {
      if (this.#running.size >= this.#lookupsMax) return;
      this.#waiting.delete(question.host);
      this.#running.set(question.host, question);
      void this.#run(question);
    }
  }

  async #run(question: Question): Promise<void> {
    const answer = await this.#lookedUp(question.host);
    this.#running.delete(question.host);
    for (const asker of [...question.askers]) asker(answer);
    this.#startNext();
  }

  async #lookedUp(host: string): Promise<Answer> {
    try {
      const hosts = await this.#lookup(host);
      return { hosts, problem: hosts.length === 0 ? `looking up ${host} gave no address` : null };
    } catch (thrown) {
      return { hosts: [], problem: `looking up ${host} failed: ${describeErrno(thrown)}` };
    }
  }
}

function addressesOf(hosts: readonly string[], port: number): Address[] {
  const addresses = new Set<Address>();
  for (const host of hosts) {
    const canonical = canonicalHost(host);
    if (canonical !== null && addresses.size < ADDRESSES_MAX) addresses.add(formatAddress(canonical, port));
  }
  return [...addresses];
}
