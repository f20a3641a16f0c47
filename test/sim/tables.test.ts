// Every table, quick and small: it comes out, says what it measured, and says the same again; and what must not be is found.

import { describe, expect, test } from 'vitest';
import { createNode, type MonotonicMs, type Node, type NodeOptions, type Outbox } from '../../src/core/index.ts';
import { main, portionOfTables, summaryOfTables, TABLES, type Terminal } from '../../src/sim/index.ts';
import { measure } from '../../src/sim/measure.ts';

interface Said {
  readonly terminal: Terminal;
  readonly out: string[];
}

function listener(): Said {
  const out: string[] = [];
  const print = (line: string): void => {
    out.push(line);
  };
  return { out, terminal: { print, printError: print, nodeVersion: '20.0.0', elapsedMs: () => 0 } };
}

function play(...argv: string[]): { readonly code: number; readonly out: string[] } {
  const { out, terminal } = listener();
  return { code: main(argv, terminal), out };
}

/** What is measured; how long it took is no part of it. */
function jsonOf(out: readonly string[]): unknown {
  return JSON.parse(out.find((line) => line.startsWith('{'))!);
}

describe('the tables', () => {
  test.each(TABLES.map(({ name }) => [name]))(
    '%s comes out as expected, in aligned columns and as JSON',
    (name) => {
      const { code, out } = play(`--table=${name}`, '--quick', '--seed=3');
      expect(out[0]).toBe(`sim --table=${name} --seed=3 --quick (Node 20.0.0)`);
      const from = out.findIndex((line) => line.startsWith(name));
      const json = jsonOf(out) as { table: string; seed: number; rows: { row: string; runs: number; bytesMean: number }[] };
      expect(json).toMatchObject({ table: name, seed: 3 });
      for (const [i, { row, runs, bytesMean }] of json.rows.entries()) {
        expect(out[from + 1 + i]!.startsWith(row)).toBe(true);
        expect(runs).toBe(1);
        expect(bytesMean).toBeGreaterThan(10);
      }
      expect(out.at(-1)).toBe('every row came out as expected');
      expect(code).toBe(0);
    },
    120_000,
  );

  test('the same seed gives the same table, alone or shared out, and another seed another one', () => {
    const argv = ['--table=crash,join', '--quick', '--nodes=6', '--seed=9'];
    const alone = play(...argv);
    expect(play(...argv).out).toEqual(alone.out);
    const { out, terminal } = listener();
    const portions = [0, 1, 2].map((index) => portionOfTables(argv, index, 3, terminal));
    expect(summaryOfTables(argv, portions, terminal)).toBe(alone.code);
    expect(out).toEqual(alone.out);
    expect(jsonOf(play(...argv.slice(0, 3), '--seed=10').out)).not.toEqual(jsonOf(alone.out));
  }, 60_000);

  test('the list names all of them, and which are not among all', () => {
    const { code, out } = play('--table=list');
    expect(code).toBe(0);
    for (const { name } of TABLES) expect(out.join('\n')).toContain(name);
    expect(out.join('\n')).toMatch(/crash-huge .*\(not among all\)/);
  });
});

/** Tells once, at 20 s, that a healthy member has failed. */
function slanderer(options: NodeOptions, now: MonotonicMs): Node {
  const inner = createNode(options, now);
  let hasLied = options.facts.name !== 'n2';
  const step: Node['step'] = (input, at, outbox: Outbox, bootMs) => {
    inner.step(input, at, outbox, bootMs);
    const victim = inner.members(at).find(({ isSelf }) => !isSelf);
    if (hasLied || victim === undefined || at - now < 20_000) return;
    hasLied = true;
    const { name, id, incarnation, address } = victim;
    outbox.push({ kind: 'event', event: { type: 'member-failed', member: name, id, incarnation, address, reason: 'a lie' } });
  };
  return new Proxy(inner, {
    get: (target, property) => {
      if (property === 'step') return step;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

describe('a row that does not come out', () => {
  test('is named with what is wrong, and makes the exit 1', () => {
    const { out, terminal } = listener();
    const measurement = { tables: ['steady'], seed: 1, nodes: [5], runs: 1, isQuick: true };
    const code = measure(measurement, terminal, { createNode: slanderer });
    expect(code).toBe(1);
    expect(jsonOf(out)).toMatchObject({ rows: [{ verdicts: 1, wrongVerdicts: 1 }] });
    const failures = out.filter((line) => line.startsWith('NOT AS EXPECTED '));
    expect(failures).toContain('NOT AS EXPECTED steady, 5 members: 1 of the healthy were failed');
    expect(failures.join('\n')).toContain('steady, 5 members: I1-failed-means-over');
    expect(out.at(-1)).toBe('again: npm run sim -- --table=steady --seed=1 --nodes=5 --runs=1 --quick   (Node 20.0.0)');
  });
});
