// The plan of the house as a table, and what a set of source files does against it.
// Files are handed in as path → text, so the test can prove on made-up files that every rule is able to fail.

import { posix } from 'node:path';
import { type Import, lineOf, readSource } from './source.ts';

export interface Room {
  readonly name: string;
  /** The first room that matches is the file's room. */
  readonly files: RegExp;
  /** Paths below src/ (or bare module names) that may be imported, besides the room itself. */
  readonly may: readonly RegExp[];
  /** As `may`, but only by `import type`. */
  readonly mayTypes?: readonly RegExp[];
}

const FILE_LINES_MAX = 400;

const core = /^core\/index\.ts$/;
const wire = /^wire\/index\.ts$/;
const transport = /^transport\/index\.ts$/;
const agent = /^agent\/index\.ts$/;
const anyNode = /^node:/;

/** STYLE.md's table. Folders are entered by index.ts; where a single file is named, it is one of the exceptions. */
export const ROOMS: readonly Room[] = [
  { name: 'core/membership', files: /^core\/membership\//, may: [/^core\/[^/]+\.ts$/] },
  { name: 'core/gossip', files: /^core\/gossip\//, may: [/^core\/[^/]+\.ts$/, /^core\/membership\//] },
  { name: 'core/detector', files: /^core\/detector\//, may: [/^core\/[^/]+\.ts$/] },
  { name: 'core/record', files: /^core\/record\//, may: [/^core\/[^/]+\.ts$/] },
  { name: 'core/lease', files: /^core\/lease\//, may: [/^core\/[^/]+\.ts$/] },
  { name: 'core/fence', files: /^core\/fence\//, may: [/^core\/[^/]+\.ts$/] },
  { name: 'core/node.ts', files: /^core\/node\.ts$/, may: [/^core\//] },
  { name: 'core', files: /^core\//, may: [/^core\/[^/]+\.ts$/] },
  { name: 'wire', files: /^wire\//, may: [core, /^msgpackr$/, /^node:crypto$/] },
  { name: 'transport/memory.ts', files: /^transport\/memory\.ts$/, may: [core], mayTypes: [/^agent\/ports\.ts$/] },
  { name: 'transport', files: /^transport\//, may: [core, /^node:(?:dgram|net)$/], mayTypes: [/^agent\/ports\.ts$/] },
  { name: 'agent/driver and ports', files: /^agent\/(?:driver|ports)\.ts$/, may: [core, wire, transport] },
  { name: 'agent', files: /^agent\//, may: [core, wire, transport, anyNode, /^pino$/] },
  { name: 'api/contract.ts', files: /^api\/contract\.ts$/, may: [] },
  { name: 'api/client.ts', files: /^api\/client\.ts$/, may: [/^api\/contract\.ts$/, /^node:(?:net|http)$/] },
  { name: 'api', files: /^api\//, may: [agent, /^node:http$/], mayTypes: [core] },
  { name: 'cli', files: /^cli\//, may: [/^api\/(?:index|client|contract)\.ts$/, agent, anyNode, /^yargs(?:\/|$)/, /^smol-toml$/] },
  { name: 'sim', files: /^sim\//, may: [core, wire, /^transport\/memory\.ts$/, /^agent\/(?:driver|ports)\.ts$/] },
  { name: 'main.ts', files: /^main\.ts$/, may: [/^cli\/index\.ts$/] },
];

/** Rooms that are one file are closed to the rest of their folder; the others own what lies below their folder. */
const closed = new Set(['api/contract.ts', 'api/client.ts', 'agent/driver and ports', 'main.ts', 'core', 'transport/memory.ts']);

const OWN_FILES: Readonly<Record<string, RegExp>> = { 'agent/driver and ports': /^agent\/(?:driver|ports)\.ts$/ };

/** What would let time, chance or the machine into the core. The compiler sees to the rest through `"types": []`. */
const BANNED_IN_CORE =
  /(?<![\w$])(?:Date|Math\s*\.\s*random|Promise|async|await|set(?:Timeout|Interval|Immediate)|queueMicrotask|process|console|performance|crypto|fetch|globalThis|Intl|eval|require)(?![\w$])/g;

/** One sentence a violation: `FILE:LINE says what, against which rule`. `files` maps a path below src/ to its text. */
export function violations(files: ReadonlyMap<string, string>): string[] {
  const found: string[] = [];
  for (const [path, text] of files) {
    found.push(...shapeProblems(`src/${path}`, text));
    if (!path.endsWith('.ts')) continue;
    const room = ROOMS.find((one) => one.files.test(path));
    if (room === undefined) {
      found.push(`src/${path}:1 belongs to no room of the plan`);
      continue;
    }
    const source = readSource(text);
    for (const one of source.imports) {
      const problem = importProblem(path, room, one, files);
      if (problem !== null) found.push(`src/${path}:${one.line} ${problem}`);
    }
    if (path.startsWith('core/')) {
      for (const match of source.code.matchAll(BANNED_IN_CORE)) {
        found.push(`src/${path}:${lineOf(text, match.index)} uses ${match[0]}, which the core must not know`);
      }
    }
  }
  return found;
}

/** For src, test and scripts alike. */
export function shapeProblems(path: string, text: string): string[] {
  const found: string[] = [];
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  if (lines > FILE_LINES_MAX) found.push(`${path}:1 has ${lines} lines, more than ${FILE_LINES_MAX}`);
  if (!/^(?:#!.*\n)?(?:\/\/|\/\*)/.test(text)) found.push(`${path}:1 does not begin with a comment that says what it is`);
  return found;
}

function importProblem(path: string, room: Room, one: Import, files: ReadonlyMap<string, string>): string | null {
  if (one.specifier === null) return 'imports a module whose name is computed, so its layer cannot be checked';
  const isRelative = one.specifier.startsWith('.');
  const target = isRelative ? posix.join(posix.dirname(path), one.specifier) : one.specifier;
  if (isRelative && !files.has(target)) return `imports ${one.specifier}, which is no file of src`;
  if (isOwn(path, room, target)) return null;
  if (room.may.some((allowed) => allowed.test(target)) && !entersPastNode(room, target)) return null;
  if (one.isTypeOnly && room.mayTypes?.some((allowed) => allowed.test(target))) return null;
  return `imports ${target}, which ${room.name} must not know`;
}

function isOwn(path: string, room: Room, target: string): boolean {
  const own = OWN_FILES[room.name];
  if (own !== undefined) return own.test(target);
  if (closed.has(room.name) || target.startsWith('node:')) return false;
  const folder = room.name.startsWith('core/') ? room.name : path.slice(0, path.indexOf('/'));
  return target.startsWith(`${folder}/`);
}

// Below node.ts nobody may know node.ts; only the door shows it.
function entersPastNode(room: Room, target: string): boolean {
  return target === 'core/node.ts' && room.name.startsWith('core/');
}
