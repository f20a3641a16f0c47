// The file of compiled code beside the executable: its name, what is in it, how the executable reads it, and how it is made.
//
// It belongs to one text and one Node. V8 itself asks only whether the header is its own and the lengths of text and code are right,
// and crashes on whatever else is wrong, such as the zeros that a power loss leaves: hence a digest before the code.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIGEST_BYTES = 32;
const PATIENCE_MS = 30_000;

/** `text`: what was compiled. */
export function codeFileName(text) {
  return `quorate.${createHash('sha256').update(text).digest('hex').slice(0, 16)}.compiled`;
}

/** What goes into the file. */
export function sealed(code) {
  return Buffer.concat([createHash('sha256').update(code).digest(), code]);
}

/** A function of the executable: the code of this text, if it lies whole in its `directory`. */
export function unsealing(text) {
  return `() => {
    try {
      const { join } = process.getBuiltinModule('node:path');
      const kept = process.getBuiltinModule('node:fs').readFileSync(join(directory, ${JSON.stringify(codeFileName(text))}));
      const code = kept.subarray(${DIGEST_BYTES});
      const digest = process.getBuiltinModule('node:crypto').createHash('sha256').update(code).digest();
      return digest.equals(kept.subarray(0, ${DIGEST_BYTES})) ? code : undefined;
    } catch {
      return undefined;
    }
  }`;
}

/** Plays agents of this text until what each needs is compiled, and keeps what V8 made of it. Returns what went wrong, or null. */
export function keepCompiled(text, codeFile) {
  const directory = mkdtempSync(join(tmpdir(), 'quorate-compiled-'));
  try {
    const [textFile, code] = [join(directory, 'text'), join(directory, 'code')];
    writeFileSync(textFile, text);
    // In a process of its own: V8 keeps its flags in the code, and takes it back only under the same.
    const argv = [fileURLToPath(new URL('play.mjs', import.meta.url)), textFile, code];
    const env = { PATH: process.env.PATH, HOME: directory };
    const { status, stderr } = spawnSync(process.execPath, argv, { stdio: ['ignore', 'ignore', 'pipe'], timeout: PATIENCE_MS, env });
    if (status !== 0) return String(stderr).trim() || `agents could not be played within ${PATIENCE_MS / 1000} s`;
    // Never half a file under its name, even if the digest would tell.
    writeFileSync(`${codeFile}.new`, sealed(readFileSync(code)));
    renameSync(`${codeFile}.new`, codeFile);
    return null;
  } catch (error) {
    return error.message;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
