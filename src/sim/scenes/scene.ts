// What a scene is: a story with a size and a length, played on a stage before the clock starts.
// All that a scene does is put things on the world's schedule and say what must come out.

import type { ProfileName } from '../../core/index.ts';
import type { Stage } from './stage.ts';

export interface Scene {
  readonly name: string;
  /** One sentence: what happens, and what must come out. */
  readonly story: string;
  /** When the command line does not say; null: drawn from the seed. */
  readonly nodes: number | null | ((seed: number) => number);
  readonly nodesMin: number;
  readonly untilMs: number;
  readonly profile: ProfileName;
  play(stage: Stage): void;
}
