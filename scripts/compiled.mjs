// The file of compiled code beside the executable: its name, what is in it, how the executable reads it, and how it is made. It holds the
// text that was compiled too, which need not be unpacked then.
//
// It belongs to one text and one binary of Node. V8 itself asks only whether the header is of its version and flags and the lengths are right.
// It crashes on whatever else is wrong: on zeros, which a power loss leaves, and on what another release of Node wrote around the same V8,
// because the code points into the snapshot that Node is built with. Hence a digest before both, of them and of the binary.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DIGEST_BYTES = 32;
const CODE_BYTES_MAX = 64 * 1024 * 1024;
const PATIENCE_MS = 30_000;

/** `text`: what was compiled. */
export function codeFileName(text) {
  return `quorate.${createHash('sha256').update(text).digest('hex').slice(0, 16)}.compiled`;
}

/** What goes into the file. `node`: which binary made it. */
export function sealed(text, code, node = binary()) {
  const kept = Buffer.concat([Buffer.from(text, 'latin1'), code]);
  return Buffer.concat([createHash('sha256').update(codeFileName(text)).update(node).update(kept).digest(), kept]);
}

/** A function of the executable: this text and the code of it, if they lie in its `directory`, whole and made by this very Node. */
export function unsealing(text) {
  return `() => {
    const { readFileSync, statSync } = process.getBuiltinModule('node:fs');
    const { createHash } = process.getBuiltinModule('node:crypto');
    const { join } = process.getBuiltinModule('node:path');
    try {
      const { size, mtimeMs } = statSync(process.execPath);
      const binary = [process.version, process.versions.v8, process.arch, size, mtimeMs].join();
      const file = readFileSync(join(directory, ${JSON.stringify(codeFileName(text))}));
      const digest = createHash('sha256').update(${JSON.stringify(codeFileName(text))}).update(binary).update(file.subarray(${DIGEST_BYTES})).digest();
      if (!digest.equals(file.subarray(0, ${DIGEST_BYTES}))) return null;
      return { text: file.latin1Slice(${DIGEST_BYTES}, ${codeAt(text)}), code: file.subarray(${codeAt(text)}) };
    } catch {
      return null;
    }
  }`;
}

/** Where in the file the code of this text begins. */
function codeAt(text) {
  return DIGEST_BYTES + text.length;
}

// As `unsealing` says it. Two builds of one version are told apart too.
function binary() {
  const { size, mtimeMs } = statSync(process.execPath);
  return [process.version, process.versions.v8, process.arch, size, mtimeMs].join();
}

/** Plays agents of this text until what each needs is compiled, and keeps what V8 made of it. Returns what went wrong, or null. */
export function keepCompiled(text, codeFile) {
  const played = inFreshNode('play.mjs', [], text);
  if (played.problem !== null) return played.problem;
  const whole = `${codeFile}.${process.pid}`;
  try {
    // Never half a file under its name, even if the digest would tell.
    writeFileSync(whole, sealed(text, played.output));
    const { problem } = inFreshNode('take-compiled.mjs', [whole, String(codeAt(text))], text);
    if (problem === null) renameSync(whole, codeFile);
    return problem;
  } catch (error) {
    return error.message;
  } finally {
    rmSync(whole, { force: true });
  }
}

/** V8 keeps its flags in the code and takes it back only under the same, so neither is done in a process that may have others. */
function inFreshNode(program, args, input) {
  const argv = [fileURLToPath(new URL(program, import.meta.url)), ...args];
  const { status, stderr, output, error } = spawnSync(process.execPath, argv, {
    input,
    // What agents log goes to standard output.
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    maxBuffer: CODE_BYTES_MAX,
    timeout: PATIENCE_MS,
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
  });
  if (status === 0) return { problem: null, output: output[3] };
  return { problem: error?.message ?? (String(stderr).trim() || `${program} ended with ${status}`), output: null };
}
