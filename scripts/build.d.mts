// The type of what tests use of build.mjs.

/** What it returns is the text of the full bundle. */
export declare function bundle(outfile?: string): Promise<string>;
