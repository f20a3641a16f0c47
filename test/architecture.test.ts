// The plan of the house (src/ARCHITECTURE.md) is a test: who may import whom, what the core must not know, how a file looks.
// Each rule is also shown a made-up file that breaks it, so that none of them can fall silent.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { shapeProblems, violations } from './support/architecture.ts';
import { readSource } from './support/source.ts';

const root = join(import.meta.dirname, '..');

function read(folder: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(?:ts|mjs)$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(relative(join(root, folder), path).split(sep).join('/'), readFileSync(path, 'utf8'));
  }
  return files;
}

/** A house of made-up files, each with a head comment, in which every imported file exists. */
function house(files: Readonly<Record<string, string>>): Map<string, string> {
  const doors = ['core', 'wire', 'transport', 'agent', 'api', 'cli', 'sim'].map((room) => `${room}/index.ts`);
  const others = [
    'lib.ts',
    'core/node.ts',
    'core/membership/table.ts',
    'core/detector/phi.ts',
    'agent/driver.ts',
    'agent/ports.ts',
    'api/contract.ts',
  ];
  const built = new Map(
    [...doors, ...others, 'transport/memory.ts', 'transport/udp.ts', 'api/client.ts'].map((path) => [path, '// Empty.\n']),
  );
  for (const [path, code] of Object.entries(files)) built.set(path, `// Made up.\n${code}\n`);
  return built;
}

describe('the house as it stands', () => {
  test('every file of src keeps to the plan', () => {
    expect(violations(read('src'))).toEqual([]);
  });

  test('every file of test and scripts says what it is and is short enough to hold one idea', () => {
    const problems = ['test', 'scripts'].flatMap((folder) =>
      [...read(folder)].flatMap(([path, text]) => shapeProblems(`${folder}/${path}`, text)),
    );
    expect(problems).toEqual([]);
  });
});

describe('an import against the plan is found', () => {
  test.each([
    ['core/table.ts', "import { createSocket } from 'node:dgram';", 'src/core/table.ts:2 imports node:dgram, which core must not know'],
    ['core/table.ts', "import { pack } from 'msgpackr';", 'src/core/table.ts:2 imports msgpackr, which core must not know'],
    ['core/table.ts', "import '../wire/index.ts';", 'src/core/table.ts:2 imports wire/index.ts, which core must not know'],
    [
      'core/table.ts',
      "import { udp } from '../transport/udp.ts';",
      'src/core/table.ts:2 imports transport/udp.ts, which core must not know',
    ],
    [
      'core/table.ts',
      "import type { A } from '../agent/ports.ts';",
      'src/core/table.ts:2 imports agent/ports.ts, which core must not know',
    ],
    [
      'core/table.ts',
      "import { m } from './membership/table.ts';",
      'src/core/table.ts:2 imports core/membership/table.ts, which core must not know',
    ],
    [
      'core/membership/a.ts',
      "import '../detector/phi.ts';",
      'src/core/membership/a.ts:2 imports core/detector/phi.ts, which core/membership must not know',
    ],
    [
      'core/detector/a.ts',
      "import '../membership/table.ts';",
      'src/core/detector/a.ts:2 imports core/membership/table.ts, which core/detector must not know',
    ],
    [
      'core/record/a.ts',
      "export * from '../membership/table.ts';",
      'src/core/record/a.ts:2 imports core/membership/table.ts, which core/record must not know',
    ],
    ['core/lease/a.ts', "import '../node.ts';", 'src/core/lease/a.ts:2 imports core/node.ts, which core/lease must not know'],
    ['wire/a.ts', "import '../transport/index.ts';", 'src/wire/a.ts:2 imports transport/index.ts, which wire must not know'],
    ['wire/a.ts', "import '../core/node.ts';", 'src/wire/a.ts:2 imports core/node.ts, which wire must not know'],
    ['wire/a.ts', "import { readFileSync } from 'node:fs';", 'src/wire/a.ts:2 imports node:fs, which wire must not know'],
    ['transport/a.ts', "import '../wire/index.ts';", 'src/transport/a.ts:2 imports wire/index.ts, which transport must not know'],
    [
      'transport/a.ts',
      "import { A } from '../agent/ports.ts';",
      'src/transport/a.ts:2 imports agent/ports.ts, which transport must not know',
    ],
    [
      'transport/memory.ts',
      "import 'node:dgram';",
      'src/transport/memory.ts:2 imports node:dgram, which transport/memory.ts must not know',
    ],
    ['agent/driver.ts', "import 'node:timers';", 'src/agent/driver.ts:2 imports node:timers, which agent/driver and ports must not know'],
    ['agent/ports.ts', "import pino from 'pino';", 'src/agent/ports.ts:2 imports pino, which agent/driver and ports must not know'],
    [
      'agent/driver.ts',
      "import { b } from './b.ts';",
      'src/agent/driver.ts:2 imports agent/b.ts, which agent/driver and ports must not know',
    ],
    ['agent/a.ts', "import '../api/index.ts';", 'src/agent/a.ts:2 imports api/index.ts, which agent must not know'],
    ['agent/a.ts', "import '../transport/udp.ts';", 'src/agent/a.ts:2 imports transport/udp.ts, which agent must not know'],
    ['api/a.ts', "import '../wire/index.ts';", 'src/api/a.ts:2 imports wire/index.ts, which api must not know'],
    ['api/a.ts', "import '../core/node.ts';", 'src/api/a.ts:2 imports core/node.ts, which api must not know'],
    ['cli/a.ts', "import '../agent/driver.ts';", 'src/cli/a.ts:2 imports agent/driver.ts, which cli must not know'],
    ['api/client.ts', "import '../agent/index.ts';", 'src/api/client.ts:2 imports agent/index.ts, which api/client.ts must not know'],
    ['api/contract.ts', "import './client.ts';", 'src/api/contract.ts:2 imports api/client.ts, which api/contract.ts must not know'],
    ['cli/a.ts', "const { b } = await import('../core/node.ts');", 'src/cli/a.ts:2 imports core/node.ts, which cli must not know'],
    ['sim/a.ts', "import 'node:net';", 'src/sim/a.ts:2 imports node:net, which sim must not know'],
    ['sim/a.ts', "import '../agent/index.ts';", 'src/sim/a.ts:2 imports agent/index.ts, which sim must not know'],
    ['sim/a.ts', "import '../transport/index.ts';", 'src/sim/a.ts:2 imports transport/index.ts, which sim must not know'],
    ['main.ts', "import '../src/agent/index.ts';", 'src/main.ts:2 imports ../src/agent/index.ts, which is no file of src'],
    ['lib.ts', "import './cli/index.ts';", 'src/lib.ts:2 imports cli/index.ts, which lib.ts must not know'],
    ['agent/a.ts', "import '../lib.ts';", 'src/agent/a.ts:2 imports lib.ts, which agent must not know'],
    ['main.ts', "import './agent/index.ts';", 'src/main.ts:2 imports agent/index.ts, which main.ts must not know'],
    ['cli/a.ts', 'import(`../core/${name}.ts`);', 'src/cli/a.ts:2 imports a module whose name is computed, so its layer cannot be checked'],
    ['helpers/a.ts', 'export {};', 'src/helpers/a.ts:1 belongs to no room of the plan'],
  ])('%s: %s', (path, code, sentence) => {
    expect(violations(house({ [path]: code, ...(code.includes('./b.ts') ? { 'agent/b.ts': '' } : {}) }))).toEqual([sentence]);
  });
});

describe('an import within the plan is let through', () => {
  test.each([
    ['core/node.ts', "import { a } from './membership/table.ts';\nimport './detector/phi.ts';"],
    ['core/index.ts', "export { a } from './node.ts';"],
    ['core/gossip/a.ts', "import '../membership/table.ts';"],
    ['wire/a.ts', "import { pack } from 'msgpackr';\nimport 'node:crypto';\nimport '../core/index.ts';"],
    ['transport/a.ts', "import '../core/index.ts';\nimport 'node:net';"],
    ['agent/driver.ts', "import './ports.ts';\nimport '../wire/index.ts';\nimport '../transport/index.ts';"],
    ['agent/a.ts', "import pino from 'pino';\nimport './driver.ts';\nimport 'node:fs';"],
    ['api/a.ts', "import '../agent/index.ts';\nimport type { Node } from '../core/index.ts';"],
    ['api/client.ts', "import type { A } from './contract.ts';\nimport 'node:http';"],
    ['cli/a.ts', "import '../api/client.ts';\nconst yargs = await import('yargs/helpers');"],
    ['sim/a.ts', "import '../transport/memory.ts';\nimport '../agent/driver.ts';"],
    ['main.ts', "import { run } from './cli/index.ts';"],
    ['lib.ts', "import './agent/index.ts';\nimport './api/index.ts';"],
  ])('%s: %s', (path, code) => {
    expect(violations(house({ [path]: code }))).toEqual([]);
  });
});

describe('time, chance and the machine are found in the core', () => {
  test.each([
    'Date.now()',
    'new Date()',
    'Math.random()',
    'Math\n.random()',
    'async () => {}',
    'await step',
    'new Promise(go)',
    'setTimeout(go, 1)',
    'setImmediate(go)',
    'queueMicrotask(go)',
    'process.exit(1)',
    'console.log(1)',
    'performance.now()',
    'globalThis.x',
    '`${Date.now()}`',
    '`a ${{ b: `${Math.random()}` }} c`',
    'a / Date.now() / b',
  ])('%s', (code) => {
    expect(violations(house({ 'core/membership/a.ts': `export const x = () => ${code};` }))).toHaveLength(1);
  });

  test.each([
    '// Date.now() is banned here\nexport {};',
    '/* async\n * Promise */ export {};',
    "export const text = 'process.exit';",
    'export const text = "it\'s \\" Promise";',
    'export const text = `Date ${1 + 1} console`;',
    'export const pattern = /Date[/]await\\/process/u;',
    'export const dateOf = (updateDate: number) => updateDate;',
    'export const asynchronous = 1;',
    'export const half = (a: number, b: number) => a / b; // Promise / Date',
  ])('words in comments, strings and longer names are none: %s', (code) => {
    expect(violations(house({ 'core/membership/a.ts': code }))).toEqual([]);
  });

  test('the same words are free elsewhere', () => {
    expect(violations(house({ 'agent/a.ts': 'export const now = () => Date.now();' }))).toEqual([]);
  });
});

describe('the shape of a file', () => {
  test('a file without a head comment is found', () => {
    expect(shapeProblems('src/a.ts', "import './b.ts';\n// Late.\n")).toEqual([
      'src/a.ts:1 does not begin with a comment that says what it is',
    ]);
  });

  test('a test file says what it is by its titles', () => {
    expect(shapeProblems('test/a.test.ts', "describe('a house', () => {});\n")).toEqual([]);
  });

  test('a head comment may stand behind the line that makes a file executable', () => {
    expect(shapeProblems('src/a.ts', '#!/usr/bin/env node\n// The command.\n')).toEqual([]);
  });

  test('the 401st line is found', () => {
    expect(shapeProblems('src/a.ts', '// a\n'.repeat(400))).toEqual([]);
    expect(shapeProblems('src/a.ts', '// a\n'.repeat(401))).toEqual(['src/a.ts:1 has 401 lines, more than 400']);
  });
});

describe('how a file is read', () => {
  test('every way to name a module is seen, with its line', () => {
    const text = [
      "import a, { b } from './1.ts';",
      "import type { C } from './2.ts';",
      "import { type D } from './3.ts';",
      "export * from './4.ts';",
      "export type { E } from './5.ts';",
      "import './6.ts';",
      'import {',
      '  f,',
      "} from './7.ts';",
      "const g = await import('./8.ts');",
      "type H = import('./9.ts').H;",
      "// import './10.ts';",
      'const text = "import \'./11.ts\'";',
      'const meta = import.meta.url;',
      "const list = Array.from('12');",
    ].join('\n');
    expect(readSource(text).imports).toEqual([
      { specifier: './1.ts', line: 1 },
      { specifier: './2.ts', line: 2 },
      { specifier: './3.ts', line: 3 },
      { specifier: './4.ts', line: 4 },
      { specifier: './5.ts', line: 5 },
      { specifier: './6.ts', line: 6 },
      { specifier: './7.ts', line: 7 },
      { specifier: './8.ts', line: 10 },
      { specifier: './9.ts', line: 11 },
    ]);
  });
});
