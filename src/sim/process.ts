// One run of the agent on a host: the real driver between a node and ports of the simulator.
// Everything that reaches the driver passes here, so here it is traced, and held back while the process is paused.
// Starting again, and what survives, is the host's business.

import { Driver } from '../agent/driver.ts';
import type { ExchangeAnswer, Receiver, Resolver, Store, Transport, Workloads } from '../agent/ports.ts';
import type { Address, Command, CommandResult, CoreEvent, ExitReason, Node } from '../core/index.ts';
import { EventLoop } from './event-loop.ts';
import type { HostClock } from './host-clock.ts';
import type { Scheduler } from './scheduler.ts';
import { hashBytes, type TraceKind } from './trace.ts';

export interface ProcessPorts {
  readonly scheduler: Scheduler;
  readonly clock: HostClock;
  readonly transport: Transport;
  readonly store: Store;
  readonly resolver: Resolver;
  readonly workloads: Workloads;
  /** By how much the loop's next timer is late. */
  readonly lateMs: () => number;
  readonly trace: (kind: TraceKind, content: number) => void;
  readonly onEvent: (event: CoreEvent) => void;
  readonly onExit: (reason: ExitReason, message: string) => void;
}

export class AgentProcess {
  readonly node: Node;
  readonly driver: Driver;
  readonly #ports: ProcessPorts;
  readonly #loop: EventLoop;
  #openExchanges = 0;

  constructor(node: Node, ports: ProcessPorts) {
    this.node = node;
    this.#ports = ports;
    this.#loop = new EventLoop(ports.scheduler, ports.clock, () => ports.trace('timer', 0), ports.lateMs);
    this.driver = new Driver(node, {
      clock: ports.clock,
      timer: this.#loop,
      transport: this.#transport(ports.transport),
      store: this.#store(ports.store),
      resolver: this.#resolver(ports.resolver),
      workloads: this.#workloads(ports.workloads),
      onEvent: ports.onEvent,
      onExit: (reason, message) => {
        this.#loop.close();
        ports.onExit(reason, message);
      },
    });
  }

  get isPaused(): boolean {
    return this.#loop.isPaused;
  }

  get openExchangeCount(): number {
    return this.#openExchanges;
  }

  get wakeupCount(): number {
    return this.#loop.firedCount;
  }

  get waitingCount(): number {
    return this.#loop.waitingCount;
  }

  start(): void {
    this.driver.start();
  }

  command(command: Command, done: (result: CommandResult) => void): void {
    this.#loop.complete(() => {
      this.#ports.trace('command', 0);
      this.driver.command(command, done);
    });
  }

  /** Something that asks through the local socket: it waits while the process is paused. */
  complete(job: () => void): void {
    this.#loop.complete(job);
  }

  pause(): void {
    this.#ports.trace('pause', 0);
    this.#loop.pause();
  }

  resume(): void {
    this.#ports.trace('resume', 0);
    this.#loop.resume();
  }

  /** kill −9. */
  kill(): void {
    this.#loop.close();
    this.driver.halt();
  }

  #transport(inner: Transport): Transport {
    return {
      send: (to, bytes) => inner.send(to, bytes),
      exchange: (to, bytes, timeoutMs, done) => {
        this.#openExchanges += 1;
        inner.exchange(to, bytes, timeoutMs, (answer) =>
          this.#loop.complete(() => {
            this.#openExchanges -= 1;
            this.#traceAnswer(answer);
            done(answer);
          }),
        );
      },
      listen: (receiver) => inner.listen(this.#receiver(receiver)),
      close: () => inner.close(),
    };
  }

  #receiver(driver: Receiver): Receiver {
    const datagram = (from: Address, bytes: Uint8Array): void => {
      this.#ports.trace('datagram', hashBytes(bytes));
      driver.datagram(from, bytes);
    };
    const asked = (from: Address, bytes: Uint8Array, answer: (bytes: Uint8Array) => void): void => {
      this.#ports.trace('asked', hashBytes(bytes));
      driver.asked(from, bytes, answer);
    };
    return {
      datagram: (from, bytes) => {
        if (!this.#loop.isPaused) {
          datagram(from, bytes);
          return;
        }
        const kept = bytes.slice();
        this.#loop.keepDatagram(kept.length, () => datagram(from, kept));
      },
      asked: (from, bytes, answer) => {
        if (!this.#loop.isPaused) {
          asked(from, bytes, answer);
          return;
        }
        const kept = bytes.slice();
        this.#loop.keepConnection(() => asked(from, kept, answer));
      },
    };
  }

  #store(inner: Store): Store {
    return {
      save: (state, done) =>
        inner.save(state, (problem) =>
          this.#loop.complete(() => {
            this.#ports.trace(problem === null ? 'persisted' : 'persist-failed', 0);
            done(problem);
          }),
        ),
      rememberPeers: (addresses) => inner.rememberPeers(addresses),
    };
  }

  #resolver(inner: Resolver): Resolver {
    return {
      resolve: (seed, done) =>
        inner.resolve(seed, (addresses, problem) =>
          this.#loop.complete(() => {
            this.#ports.trace('resolved', addresses.length);
            done(addresses, problem);
          }),
        ),
    };
  }

  #workloads(inner: Workloads): Workloads {
    return {
      stop: (request, done) =>
        inner.stop(request, (areDead) =>
          this.#loop.complete(() => {
            this.#ports.trace('workloads-ended', areDead ? 1 : 0);
            done(areDead);
          }),
        ),
    };
  }

  #traceAnswer(answer: ExchangeAnswer): void {
    if (answer.kind === 'answer') this.#ports.trace('answered', hashBytes(answer.bytes));
    else this.#ports.trace('unanswered', 0);
  }
}
