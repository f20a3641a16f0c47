// The types of flags.mjs, for the programs of test/ that use it and for its tests.

export interface Kind<T> {
  /** Null: it takes no value. */
  readonly example: string | null;
  /** `flag` null: it stands for itself. */
  readonly read: (given: string, flag: string | null) => T;
}

export type Flags = Readonly<Record<string, Kind<unknown>>>;

export interface Line<F extends Flags> {
  /** What stands behind `npm`: `run bench`, `test`. */
  readonly npm: string;
  readonly help: string;
  readonly flags: F;
  /** By letter. */
  readonly shorts?: Readonly<Record<string, string>>;
  readonly words?: { readonly kind: Kind<string>; readonly max: number };
}

export interface Given<F extends Flags> {
  readonly kind: 'given';
  readonly flags: { readonly [Name in keyof F]?: F[Name] extends Kind<infer T> ? T : never };
  readonly words: readonly string[];
}

export type Unstarted = { readonly kind: 'help' } | { readonly kind: 'usage-error'; readonly message: string };

export declare const SWITCH: Kind<true>;
export declare function text(example: string): Kind<string>;
export declare function whole(min: number, max: number): Kind<number>;
export declare function oneOf(what: string, known: readonly string[]): Kind<string>;
export declare function list<T>(kind: Kind<T>): Kind<readonly T[]>;
export declare function readLine<F extends Flags>(line: Line<F>, argv: readonly string[]): Given<F> | Unstarted;
export declare function commandLine<F extends Flags>(line: Line<F>, argv?: readonly string[]): Given<F>;
export declare function answer<F extends Flags>(line: Line<F>, reading: Unstarted): 0 | 64;
export declare function meant(given: string, known: readonly string[]): string;
