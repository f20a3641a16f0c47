// `npm run sim` as a user meets it: exit codes, the first line and the last.

import { describe, expect, test } from 'vitest';
import { main } from '../../src/sim/index.ts';

function play(...argv: string[]): { code: number; out: string[]; err: string[] } {
  const out: string[] = [];
  const err: string[] = [];
  const code = main(argv, {
    print: (line) => out.push(line),
    printError: (line) => err.push(line),
    nodeVersion: '20.0.0',
    elapsedMs: () => 0,
  });
  return { code, out, err };
}

describe('npm run sim', () => {
  test('exits 0 and says that every invariant held', () => {
    const { code, out } = play('--seed=3', '--scene=steady', '--nodes=3', '--until=5s');
    expect(code).toBe(0);
    expect(out[0]).toBe('sim --seed=3 --scene=steady --nodes=3 --until=5000ms (Node 20.0.0)');
    expect(out.at(-1)).toBe('every invariant held');
  });

  test('several seeds are counted', () => {
    const { code, out } = play('--scene=steady', '--nodes=2', '--until=3s', '--runs=5');
    expect(code).toBe(0);
    expect(out.join('\n')).toContain('5 seeds');
  });

  test('exits 64 on a wrong flag, with the words on stderr', () => {
    const { code, out, err } = play('--scen=steady');
    expect(code).toBe(64);
    expect(out).toEqual([]);
    expect(err[0]).toBe('sim: --scen: no such flag; did you mean --scene?');
  });

  test('the help names every scene with its story', () => {
    const { code, out } = play('--help');
    expect(code).toBe(0);
    expect(out.join('\n')).toMatch(/crash-one {2,}one process is killed/);
  });
});
