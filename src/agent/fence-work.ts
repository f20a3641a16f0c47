// What a fence has to wait for before the node may live on (R7): the children of all lease clients, and the `fenced` hooks.
// A stop or a leave waits for the children alone, a resignation for those under `--leader`.

import type { NodeView } from '../core/index.ts';
import type { Hooks } from './hooks.ts';
import type { StopWish, Workloads } from './ports.ts';
import type { LeaseRegistry } from './workloads.ts';

export class FenceWork implements Workloads {
  readonly #registry: LeaseRegistry;
  readonly #hooks: Hooks;
  readonly #view: () => NodeView;

  constructor(registry: LeaseRegistry, hooks: Hooks, view: () => NodeView) {
    this.#registry = registry;
    this.#hooks = hooks;
    this.#view = view;
  }

  stop(wish: StopWish, ended: (areDead: boolean) => void): void {
    const { standing } = this.#view();
    const isFence = wish.scope === 'all' && (standing === 'fenced' || standing === 'fence-failed');
    let open = isFence ? 2 : 1;
    const settle = (): void => {
      open -= 1;
      if (open === 0) ended(true);
    };
    if (isFence) this.#hooks.awaitFence(wish.incarnation, wish.deadMs, settle);
    this.#registry.stop(wish, (areDead) => {
      if (areDead) settle();
      else ended(false);
    });
  }
}
