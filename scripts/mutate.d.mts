// The type of what tests use of mutate.mjs.

import type { Mutant } from './mutants.mjs';

/** Throws when a text that the mutant replaces does not stand exactly once in src/core. */
export declare function mutation(root: string, mutant: Mutant): object;
