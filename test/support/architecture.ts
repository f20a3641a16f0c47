// The plan of the house as a table, and what a set of source files does against it.
// Files are handed in as path → text, so the test can prove on made-up files that every rule is able to fail.

import { posix } from 'node:path';
import { type Import, lineOf, readSource } from './source.ts';

export interface Room {
  readonly name: string;
  /** The first room that matches is the file's room. */
  readonly files: RegExp;
  /** Paths below src/, or bare module names, that may be imported. */
  readonly may: readonly RegExp[];
  /** A folder's files know each other; a room of single files names in `may` whom it knows. */
  readonly isFolder: boolean;
}

const FILE_LINES_MAX = 400;

const core = /^core\/index\.ts$/;
const coreTop = /^core\/[^/]+\.ts$/;
const wire = /^wire\/index\.ts$/;
const transport = /^transport\/index\.ts$/;
const agent = /^agent\/index\.ts$/;
const anyNode = /^node:/;
/** Files that import next to nothing: who needs only these does not load the whole agent by its door. */
const agentParts = /^agent\/(?:defaults|handle|event-log|operational-error|standing|unix-socket)\.ts$/;

/** The table of src/ARCHITECTURE.md. Folders are entered by index.ts; where a single file is named, it is one of the exceptions. */
export const ROOMS: readonly Room[] = [
  { name: 'core/membership', files: /^core\/membership\//, may: [coreTop], isFolder: true },
  { name: 'core/gossip', files: /^core\/gossip\//, may: [coreTop, /^core\/membership\//], isFolder: true },
  { name: 'core/detector', files: /^core\/detector\//, may: [coreTop], isFolder: true },
  { name: 'core/record', files: /^core\/record\//, may: [coreTop], isFolder: true },
  { name: 'core/lease', files: /^core\/lease\//, may: [coreTop], isFolder: true },
  { name: 'core/fence', files: /^core\/fence\//, may: [coreTop], isFolder: true },
  // What joins the rooms below: the dispatcher, the parts that it was cut into, and the door.
  {
    name: 'core/node',
    files: /^core\/node\//,
    may: [coreTop, /^core\/(?:membership|gossip|detector|record|lease|fence)\/index\.ts$/],
    isFolder: true,
  },
  { name: 'core/node.ts', files: /^core\/(?:node|index)\.ts$/, may: [/^core\//], isFolder: false },
  { name: 'core', files: /^core\//, may: [coreTop], isFolder: false },
  { name: 'wire', files: /^wire\//, may: [core, /^msgpackr(?:\/|$)/, /^node:crypto$/], isFolder: true },
  { name: 'transport/memory.ts', files: /^transport\/memory\.ts$/, may: [core, /^transport\/types\.ts$/], isFolder: false },
  { name: 'transport', files: /^transport\//, may: [core, /^node:(?:dgram|net)$/], isFolder: true },
  {
    name: 'agent/driver and ports',
    files: /^agent\/(?:driver|ports)\.ts$/,
    may: [core, wire, transport, /^agent\/(?:driver|ports)\.ts$/],
    isFolder: false,
  },
  { name: 'agent', files: /^agent\//, may: [core, wire, transport, anyNode, /^pino$/], isFolder: true },
  { name: 'api/contract.ts', files: /^api\/contract\.ts$/, may: [], isFolder: false },
  {
    name: 'api/client.ts',
    files: /^api\/(?:client|reply-reader|unreachable)\.ts$/,
    may: [/^api\/(?:contract|reply-reader|unreachable)\.ts$/, /^node:(?:net|http)$/],
    isFolder: false,
  },
  { name: 'api', files: /^api\//, may: [agent, agentParts, core, /^node:http$/], isFolder: true },
  {
    name: 'cli',
    files: /^cli\//,
    may: [/^api\/(?:client|contract)\.ts$/, /^lib\.ts$/, agent, agentParts, core, anyNode, /^yargs(?:\/|$)/, /^smol-toml$/],
    isFolder: true,
  },
  { name: 'sim', files: /^sim\//, may: [core, wire, /^transport\/memory\.ts$/, /^agent\/(?:driver|ports)\.ts$/], isFolder: true },
  { name: 'lib.ts', files: /^lib\.ts$/, may: [agent, /^api\/(?:index|client|contract)\.ts$/], isFolder: false },
  { name: 'main.ts', files: /^main\.ts$/, may: [/^cli\/index\.ts$/], isFolder: false },
];

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

/** How a file looks, whatever it holds. A test file says what it is by its titles. */
export function shapeProblems(path: string, text: string): string[] {
  const found: string[] = [];
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  if (lines > FILE_LINES_MAX) found.push(`${path}:1 has ${lines} lines, more than ${FILE_LINES_MAX}`);
  const hasHead = /^(?:#!.*\n)?(?:\/\/|\/\*)/.test(text);
  if (!hasHead && !path.endsWith('.test.ts')) found.push(`${path}:1 does not begin with a comment that says what it is`);
  return found;
}

function importProblem(path: string, room: Room, { specifier }: Import, files: ReadonlyMap<string, string>): string | null {
  if (specifier === null) return 'imports a module whose name is computed, so its layer cannot be checked';
  const isRelative = specifier.startsWith('.');
  const target = isRelative ? posix.join(posix.dirname(path), specifier) : specifier;
  if (isRelative && !files.has(target)) return `imports ${specifier}, which is no file of src`;
  const isOwn = isRelative && room.isFolder && target.startsWith(`${room.name}/`);
  if (isOwn) return null;
  // The rooms below node.ts are joined by it and know nothing of it.
  const climbs = target === 'core/node.ts' && room.name.startsWith('core/') && room.isFolder;
  if (!climbs && room.may.some((allowed) => allowed.test(target))) return null;
  return `imports ${target}, which ${room.name} must not know`;
}
