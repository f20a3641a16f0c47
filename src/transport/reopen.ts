// Brings back a socket that died under us (its address was taken away, the system ran out of something): tries again at growing
// intervals, for ever, and says when it was lost and when it is back. How to open is the owner's business.

import type { Protocol } from './transport-error.ts';

export type TransportProblem =
  | { readonly kind: 'lost'; readonly protocol: Protocol; readonly code: string }
  | { readonly kind: 'restored'; readonly protocol: Protocol };

export type OnProblem = (problem: TransportProblem) => void;

const FIRST_RETRY_MS = 100;
const RETRY_MS_MAX = 5000;

export class Reopener {
  readonly #protocol: Protocol;
  readonly #open: () => Promise<void>;
  readonly #onProblem: OnProblem;
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;

  /** `open` rejects when it could not. */
  constructor(protocol: Protocol, open: () => Promise<void>, onProblem: OnProblem) {
    this.#protocol = protocol;
    this.#open = open;
    this.#onProblem = onProblem;
  }

  lost(code: string): void {
    if (this.#isStopped) return;
    this.#onProblem({ kind: 'lost', protocol: this.#protocol, code });
    this.#retryIn(FIRST_RETRY_MS);
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #retryIn(delayMs: number): void {
    this.#timer = setTimeout(() => {
      this.#open().then(
        () => {
          if (!this.#isStopped) this.#onProblem({ kind: 'restored', protocol: this.#protocol });
        },
        () => {
          if (!this.#isStopped) this.#retryIn(Math.min(delayMs * 2, RETRY_MS_MAX));
        },
      );
    }, delayMs);
  }
}
