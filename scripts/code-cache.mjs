// The file of compiled code beside dist/quorate.mjs: its name, what is in it, and how the executable reads it. It belongs to one text
// and one Node. V8 itself asks only whether the header is its own and the length of text and code right, and would crash on anything
// else that is wrong with them, as after a power loss: hence a digest before the code.

import { createHash } from 'node:crypto';

const DIGEST_BYTES = 32;

/** Of the text that was compiled. */
export function cacheName(text) {
  return `quorate.${createHash('sha256').update(text).digest('hex').slice(0, 16)}.cache`;
}

/** What goes into the file. */
export function sealed(code) {
  return Buffer.concat([createHash('sha256').update(code).digest(), code]);
}

/** For the executable: sets `cachedData` to the code of this text, if it lies whole in `directory`. */
export function unsealing(text) {
  return `
    let cachedData;
    try {
      const kept = process.getBuiltinModule('node:fs').readFileSync(join(directory, ${JSON.stringify(cacheName(text))}));
      const code = kept.subarray(${DIGEST_BYTES});
      const digest = process.getBuiltinModule('node:crypto').createHash('sha256').update(code).digest();
      if (digest.equals(kept.subarray(0, ${DIGEST_BYTES}))) cachedData = code;
    } catch {}`;
}
