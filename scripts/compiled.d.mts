// The types of what tests use of compiled.mjs.

/** What goes into the file of compiled code. `node`: which binary made it; by default the one that runs. */
export declare function sealed(text: string, code: Uint8Array, node?: string): Uint8Array;

/** Plays agents of this text and keeps what V8 compiled of it. Returns what went wrong, or null. */
export declare function keepCompiled(text: string, codeFile: string): string | null;
