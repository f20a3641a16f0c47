// The types of what tests use of code-cache.mjs.

export declare function cacheName(text: string): string;
export declare function sealed(code: Uint8Array): Uint8Array;
