// The compiled code beside the executable makes it start faster; whatever is wrong with that file, it runs all the same.

import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle } from '../../scripts/build.mjs';
import { cacheName, sealed } from '../../scripts/code-cache.mjs';
import { removeScratch, scratchDirectory } from '../support/cli.ts';

/** Of V8's header of compiled code: magic number, and a hash of V8's version, which another Node does not have. */
const V8_VERSION_AT = 4;

const directory = scratchDirectory();
const executable = join(directory, 'quorate.mjs');
const textFile = join(directory, 'full.js');
const codeFile = join(directory, 'code');
let cacheFile = '';
let code: Uint8Array;

// Loaded before the bundle: tells what became of the code that was kept.
const spy = `data:text/javascript,${encodeURIComponent(`
  import vm from 'node:vm';
  vm.Script = class extends vm.Script {
    constructor(text, options) {
      super(text, options);
      process._rawDebug(options.cachedData === undefined ? 'none' : this.cachedDataRejected ? 'refused by V8' : 'used');
    }
  };
`)}`;

// In a process of its own: V8 keeps flags in the header, and those of the tests are others.
const compile = `
  const { readFileSync, writeFileSync } = require('node:fs');
  const [from, to] = process.argv.slice(1);
  writeFileSync(to, new (require('node:vm').Script)(readFileSync(from, 'utf8')).createCachedData());
`;

beforeAll(async () => {
  const text = await bundle(executable);
  writeFileSync(textFile, text);
  cacheFile = join(directory, cacheName(text));
  expect(spawnSync(process.execPath, ['-e', compile, textFile, codeFile]).status).toBe(0);
  code = readFileSync(codeFile);
});
afterAll(removeScratch);

function changed(bytes: Uint8Array, change: (copy: Uint8Array) => void): Uint8Array {
  const copy = new Uint8Array(bytes);
  change(copy);
  return copy;
}

const FILES: readonly (readonly [string, string, () => Uint8Array | null])[] = [
  ['whole', 'used', () => sealed(code)],
  ['missing', 'none', () => null],
  ['empty', 'none', () => new Uint8Array(0)],
  ['cut off within the digest', 'none', () => sealed(code).subarray(0, 10)],
  ['cut off in the middle', 'none', () => sealed(code).subarray(0, code.length / 2)],
  [
    'all there but for its end, which is zeros as after a power loss',
    'none',
    () => changed(sealed(code), (it) => it.fill(0, it.length / 2)),
  ],
  ['with one bit another', 'none', () => changed(sealed(code), (it) => (it[it.length >> 1]! ^= 1))],
  ['without a digest', 'none', () => code],
  ['of another Node', 'refused by V8', () => sealed(changed(code, (it) => (it[V8_VERSION_AT]! ^= 1)))],
];

test.each(FILES)('a file that is %s is %s, and the program runs', (_state, fate, file) => {
  const bytes = file();
  if (bytes === null) rmSync(cacheFile, { force: true });
  else writeFileSync(cacheFile, bytes);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', spy, executable, 'help'], { encoding: 'utf8' });
  expect({ status, fate: stderr }).toEqual({ status: 0, fate: `${fate}\n` });
  expect(stdout).toMatch(/^quorate VERB/);
});
