// The compiled code beside the executable makes agents start faster; whatever is wrong with that file, they run all the same.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle } from '../../scripts/build.mjs';
import { keepCompiled, sealed } from '../../scripts/compiled.mjs';
import { removeScratch, scratchDirectory } from '../support/cli.ts';

/** Of V8's header of compiled code: magic number, and a hash of V8's version, which another Node does not have. */
const V8_VERSION_AT = 4;

const directory = scratchDirectory();
const executable = join(directory, 'quorate.mjs');
const DIGEST_BYTES = 32;
let codeFile = '';
let text: string;
let code: Uint8Array;

// Loaded before the bundle: tells what became of the code that was kept.
const spy = `data:text/javascript,${encodeURIComponent(`
  import vm from 'node:vm';
  const isUnpacked = () => process.moduleLoadList.includes('NativeModule zlib');
  vm.Script = class extends vm.Script {
    constructor(text, options) {
      super(text, options);
      process._rawDebug(options.cachedData === undefined ? 'none' : this.cachedDataRejected ? 'refused by V8' : isUnpacked() ? 'used, unpacked' : 'used');
    }
  };
`)}`;

beforeAll(async () => {
  const built = await bundle(executable);
  codeFile = built.codeFile;
  expect(keepCompiled(built.text, codeFile)).toBe(null);
  text = built.text;
  code = readFileSync(codeFile).subarray(DIGEST_BYTES + text.length);
}, 60_000);
afterAll(removeScratch);

function changed(bytes: Uint8Array, change: (copy: Uint8Array) => void): Uint8Array {
  const copy = new Uint8Array(bytes);
  change(copy);
  return copy;
}

const FILES: readonly (readonly [string, string, () => Uint8Array | null])[] = [
  ['whole', 'used', () => sealed(text, code)],
  ['missing', 'none', () => null],
  ['empty', 'none', () => new Uint8Array(0)],
  ['cut off within the digest', 'none', () => sealed(text, code).subarray(0, 10)],
  ['cut off in the middle', 'none', () => sealed(text, code).subarray(0, code.length / 2)],
  [
    'all there but for its end, which is zeros as after a power loss',
    'none',
    () => changed(sealed(text, code), (it) => it.fill(0, it.length / 2)),
  ],
  ['with one bit another', 'none', () => changed(sealed(text, code), (it) => (it[it.length >> 1]! ^= 1))],
  ['without a digest', 'none', () => sealed(text, code).subarray(DIGEST_BYTES)],
  ['of another build, under this name', 'none', () => sealed(`${text} `, code)],
  ['of another release of Node, around the same V8', 'none', () => sealed(text, code, 'v20.0.0')],
  [
    'of another V8',
    'refused by V8',
    () =>
      sealed(
        text,
        changed(code, (it) => (it[V8_VERSION_AT]! ^= 1)),
      ),
  ],
];

test.each(FILES)('a file that is %s is %s, and the agent runs', (_state, fate, file) => {
  const bytes = file();
  if (bytes === null) rmSync(codeFile, { force: true });
  else writeFileSync(codeFile, bytes);
  const { status, stderr } = spawnSync(process.execPath, ['--import', spy, executable, 'agent', '--bind', '256.0.0.1'], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 64, stderr: expect.stringMatching(new RegExp(`^${fate}\\nquorate: .*256\\.0\\.0\\.1`)) });
});

test('what cannot be played is told, and nothing is left', () => {
  const absent = join(directory, 'absent.compiled');
  const problem = keepCompiled('(function (module) { module.exports.runHost = () => Promise.resolve(70); })', absent);
  expect(problem).toBe('the agent one ended with 70');
  expect(readdirSync(directory).filter((file) => file.startsWith('absent'))).toEqual([]);
});
