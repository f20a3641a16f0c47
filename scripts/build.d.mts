// The type of what tests use of build.mjs.

export declare function bundle(outfile?: string): Promise<void>;
