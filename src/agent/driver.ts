// Feeds a node and does what it asks: the same file in the agent and in the simulator.
// It knows no rule: bytes are decoded or counted, every step's outbox is drained before the next input, one timer is kept.

import {
  type Address,
  assertNever,
  type Command,
  type CommandResult,
  type CoreEvent,
  type Effect,
  type ExitReason,
  type Input,
  type Node,
  Outbox,
} from '../core/index.ts';
import { Codec, Datagrams } from '../wire/index.ts';
import type { Clock, Receiver, Resolver, Store, Timer, Transport, Workloads } from './ports.ts';

export interface DriverPorts {
  readonly clock: Clock;
  readonly timer: Timer;
  readonly transport: Transport;
  readonly store: Store;
  readonly resolver: Resolver;
  readonly workloads: Workloads;
  /** Told of every event, in order. */
  readonly onEvent: (event: CoreEvent) => void;
  /** The node wants its process to end; the driver has stopped by then. */
  readonly onExit: (reason: ExitReason, message: string) => void;
}

export class Driver {
  readonly #node: Node;
  readonly #ports: DriverPorts;
  readonly #codec = new Codec();
  readonly #datagrams = new Datagrams(this.#codec);
  readonly #outbox = new Outbox();
  readonly #answers = new Map<number, (bytes: Uint8Array) => void>();
  readonly #commands = new Map<number, (result: CommandResult) => void>();
  /** Bytes that could not be read, by reason. */
  readonly #unreadable = new Map<string, number>();
  #nextExchange = 1;
  #nextTicket = 1;
  #isStopped = false;
  #isStepping = false;
  readonly #waiting: Input[] = [];

  constructor(node: Node, ports: DriverPorts) {
    this.#node = node;
    this.#ports = ports;
  }

  get node(): Node {
    return this.#node;
  }

  get unreadable(): ReadonlyMap<string, number> {
    return this.#unreadable;
  }

  /** Listens and gives the node its first tick. */
  start(): void {
    const receiver: Receiver = {
      datagram: (from, bytes) => {
        if (this.#isStopped) return;
        const decoded = this.#codec.decodeDatagram(bytes);
        if (decoded.kind === 'unreadable') this.#count(decoded.reason);
        else if (decoded.kind === 'message') this.#feed({ kind: 'datagram', from, envelope: decoded.envelope });
        else {
          for (let i = 0; i < decoded.skippedCount; i++) this.#count('unknown-kind');
          for (const envelope of decoded.envelopes) this.#feed({ kind: 'datagram', from, envelope });
        }
      },
      asked: (from, bytes, answer) => {
        if (this.#isStopped) return;
        const decoded = this.#codec.decode(bytes);
        if (decoded.kind === 'unreadable') {
          this.#count(decoded.reason);
          return;
        }
        const exchange = this.#nextExchange++;
        this.#answers.set(exchange, answer);
        this.#feed({ kind: 'asked', exchange, from, envelope: decoded.envelope });
        // The node answers in the same step or not at all, so nothing is kept for a peer that is refused.
        this.#answers.delete(exchange);
      },
    };
    this.#ports.transport.listen(receiver);
    this.#feed({ kind: 'tick' });
  }

  command(command: Command, done: (result: CommandResult) => void): void {
    if (this.#isStopped) {
      done({ kind: 'refused', code: 'leaving', message: 'this agent is stopping' });
      return;
    }
    const ticket = this.#nextTicket++;
    this.#commands.set(ticket, done);
    this.#feed({ kind: 'command', ticket, command });
  }

  /** At once and without a word to anyone: what kill −9 does in the simulator. */
  halt(): void {
    this.#isStopped = true;
    this.#ports.timer.disarm();
    this.#ports.transport.close();
  }

  #count(reason: string): void {
    this.#unreadable.set(reason, (this.#unreadable.get(reason) ?? 0) + 1);
  }

  // An effect may call back at once (a simulated disk, an event handler that gives a command): such an input waits for its turn.
  #feed(input: Input): void {
    if (this.#isStepping) {
      this.#waiting.push(input);
      return;
    }
    this.#isStepping = true;
    try {
      let next: Input | undefined = input;
      while (next !== undefined && !this.#isStopped) {
        const { clock } = this.#ports;
        this.#node.step(next, clock.nowMs(), this.#outbox, clock.bootMs());
        const effects = this.#outbox.effects;
        // All packets at once, before anything that calls back: what waits for a write is not in this outbox yet.
        this.#datagrams.send(effects, this.#send);
        for (let i = 0; i < effects.length && !this.#isStopped; i++) this.#do(effects[i] as Effect);
        this.#outbox.clear();
        next = this.#waiting.shift();
      }
    } finally {
      this.#isStepping = false;
    }
    if (!this.#isStopped) this.#ports.timer.arm(this.#node.nextWakeupMs(), this.#onTimer);
  }

  readonly #send = (to: Address, bytes: Uint8Array): void => this.#ports.transport.send(to, bytes);

  readonly #onTimer = (): void => {
    if (!this.#isStopped) this.#feed({ kind: 'tick' });
  };

  #do(effect: Effect): void {
    const { transport, store, resolver, workloads } = this.#ports;
    switch (effect.kind) {
      case 'send':
        // Sent with all others of this step.
        return;
      case 'exchange': {
        const { exchange } = effect;
        transport.exchange(effect.to, this.#codec.encodeFrame(effect.envelope), effect.timeoutMs, (answer) => {
          if (this.#isStopped) return;
          if (answer.kind === 'failed') {
            this.#feed({ kind: 'unanswered', exchange, reason: answer.reason });
            return;
          }
          const decoded = this.#codec.decode(answer.bytes);
          if (decoded.kind === 'unreadable') {
            this.#count(decoded.reason);
            this.#feed({ kind: 'unanswered', exchange, reason: decoded.reason });
          } else this.#feed({ kind: 'answered', exchange, envelope: decoded.envelope });
        });
        return;
      }
      case 'reply':
        this.#answers.get(effect.exchange)?.(this.#codec.encodeFrame(effect.envelope));
        return;
      case 'persist': {
        const { ticket } = effect;
        store.save(effect.state, (problem) => {
          if (this.#isStopped) return;
          this.#feed(problem === null ? { kind: 'persisted', ticket } : { kind: 'persist-failed', ticket, reason: problem });
        });
        return;
      }
      case 'stop-workloads': {
        const { incarnation } = effect;
        workloads.stop(effect, (areDead) => {
          if (!this.#isStopped) this.#feed({ kind: 'workloads-ended', incarnation, areDead });
        });
        return;
      }
      case 'remember-peers':
        store.rememberPeers(effect.addresses);
        return;
      case 'resolve': {
        const { seed } = effect;
        resolver.resolve(seed, (addresses, problem) => {
          if (!this.#isStopped) this.#feed({ kind: 'resolved', seed, addresses, problem });
        });
        return;
      }
      case 'event':
        this.#ports.onEvent(effect.event);
        return;
      case 'command-result': {
        const done = this.#commands.get(effect.ticket);
        this.#commands.delete(effect.ticket);
        done?.(effect.result);
        return;
      }
      case 'exit':
        this.halt();
        for (const done of this.#commands.values())
          done({ kind: 'refused', code: 'leaving', message: `this agent has ended: ${effect.message}` });
        this.#commands.clear();
        this.#ports.onExit(effect.reason, effect.message);
        return;
      default:
        assertNever(effect);
    }
  }
}
