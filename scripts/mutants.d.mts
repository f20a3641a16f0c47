// The types of what tests use of mutants.mjs.

export interface Mutant {
  readonly name: string;
  readonly rule: string;
}

export declare const MUTANTS: readonly Mutant[];
