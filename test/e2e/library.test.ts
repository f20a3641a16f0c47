// What `import 'quorate'` gives to a program that has nothing else: the packed files alone, in a process of its own.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPage } from '../support/markdown.ts';
import { temporaryDir } from '../support/temporary.ts';

const root = join(import.meta.dirname, '..', '..');
const readme = readPage(readFileSync(join(root, 'README.md'), 'utf8'));
const example = readme.blocks.find(({ language }) => language === 'js')!.text;

/** A folder with what `npm pack` would publish as its only package; no dependency of it is there. */
function projectWithPacked(): string {
  const project = temporaryDir();
  const target = join(project, 'node_modules', 'quorate');
  mkdirSync(target, { recursive: true });
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', `--pack-destination=${project}`], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ) as { readonly filename: string }[];
  execFileSync('tar', ['-xzf', join(project, packed!.filename), '--strip-components=1', '-C', target]);
  writeFileSync(join(project, 'package.json'), '{"type":"module"}');
  return project;
}

/** As `npm install PATH` does. */
function projectWithLink(): string {
  const project = temporaryDir();
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(root, join(project, 'node_modules', 'quorate'));
  return project;
}

function ran(project: string, program: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const file = join(project, 'program.mjs');
  writeFileSync(file, program);
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { cwd: project, encoding: 'utf8', timeout: 30_000 });
  return { status, stdout, stderr };
}

describe('the library', () => {
  test.each([
    ['packed', projectWithPacked],
    ['linked', projectWithLink],
  ])('%s does what README shows, and the process ends by itself', (_how, makeProject) => {
    const project = makeProject();
    const socketPath = join(project, 'q.sock');
    // The usual place may be taken by an agent of this machine.
    const program = example.replace("name: 'app-1'", `name: 'app-1', socketPath: '${socketPath}'`);
    expect(program).toContain(socketPath);
    const shown = readme.blocks[readme.blocks.findIndex(({ text }) => text === example) + 1]!.text;
    const { status, stdout, stderr } = ran(project, program);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.replace(/:\d{4,5}/g, ':PORT')).toBe(shown.replace(/:\d{4,5}/g, ':PORT'));
  });

  test('says why an agent cannot start, as the command does', () => {
    const program = `
      import { Agent, OperationalError } from 'quorate';
      try {
        await Agent.start({ start: 'resume', stateDir: 'state' });
      } catch (error) {
        console.log(error instanceof OperationalError, error.code, error.message);
      }
    `;
    const project = projectWithLink();
    expect(ran(project, program).stdout).toBe(
      `true usage the state directory ${project}/state is empty, and nothing says which cluster to join\n`,
    );
  });

  test('has types that a program is checked against', () => {
    const project = projectWithLink();
    const program = `
      import { Agent, connect, type MemberJson } from 'quorate';
      const agent = await Agent.start({ start: 'dev', tags: { role: 'db' } });
      export const members: readonly MemberJson[] = agent.members().members;
      for await (const { type } of connect(agent.socketPath).events()) if (type === 'member-failed') break;
      // @ts-expect-error
      await Agent.start({ nmae: 'a' });
      // @ts-expect-error
      export const name: number = agent.status().name;
    `;
    writeFileSync(join(project, 'program.mts'), program);
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const flags = ['--ignoreConfig', '--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2023'];
    const { status, stdout } = spawnSync(process.execPath, [tsc, ...flags, 'program.mts'], { cwd: project, encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});
