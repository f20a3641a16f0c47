// The types of what tests use of mutants.mjs.

export interface Mutant {
  readonly name: string;
  readonly rule: string;
  readonly scene: string;
  readonly seed: number;
  readonly by: string | null;
}

export declare const MUTANTS: readonly Mutant[];
