// The type of what tests use of build.mjs.

export interface Built {
  /** Of the agent's chapter. */
  readonly text: string;
  /** Where its compiled code would lie. */
  readonly codeFile: string;
}

export declare function bundle(outfile?: string): Promise<Built>;
