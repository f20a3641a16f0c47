// What members think of each other, and whether they are wrong: suspicions as they are told, one for each observer; verdicts once for
// each life, when the first of all tells it. About the healthy every one of them is wrong; that the sick have them is the lesser evil.

import type { CoreEvent, NodeId } from '../../core/index.ts';

export interface Opinions {
  /** One for each observer and time. */
  readonly suspicions: number;
  readonly wrongSuspicions: number;
  /** Of these: by observers that are healthy, too. */
  readonly wrongByHealthy: number;
  /** Healthy members that were suspected. */
  readonly wronged: number;
  /** Lives. */
  readonly verdicts: number;
  readonly wrongVerdicts: number;
}

export class OpinionCount {
  #suspicions = 0;
  #wrongSuspicions = 0;
  #wrongByHealthy = 0;
  #verdicts = 0;
  #wrongVerdicts = 0;
  readonly #wronged = new Set<NodeId>();
  /** The last life of each that was given a verdict. */
  readonly #ended = new Map<NodeId, number>();

  told(event: CoreEvent, isHealthy: (id: NodeId) => boolean, isObserverHealthy: () => boolean): void {
    if (event.type === 'member-suspect') {
      this.#suspicions += 1;
      if (!isHealthy(event.id)) return;
      this.#wrongSuspicions += 1;
      if (isObserverHealthy()) this.#wrongByHealthy += 1;
      this.#wronged.add(event.id);
    } else if (event.type === 'member-failed') {
      if ((this.#ended.get(event.id) ?? -1) >= event.incarnation) return;
      this.#ended.set(event.id, event.incarnation);
      this.#verdicts += 1;
      if (isHealthy(event.id)) this.#wrongVerdicts += 1;
    }
  }

  get counts(): Opinions {
    return {
      suspicions: this.#suspicions,
      wrongSuspicions: this.#wrongSuspicions,
      wrongByHealthy: this.#wrongByHealthy,
      wronged: this.#wronged.size,
      verdicts: this.#verdicts,
      wrongVerdicts: this.#wrongVerdicts,
    };
  }
}
