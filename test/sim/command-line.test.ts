// The flags of `npm run sim`: what they mean, and what is said of wrong ones.

import { describe, expect, test } from 'vitest';
import { formatMeasurement, formatSettings, parseCommandLine } from '../../src/sim/command-line.ts';

describe('the flags of npm run sim', () => {
  test('no flags mean one chaos run of seed 1', () => {
    expect(parseCommandLine([])).toEqual({
      kind: 'run',
      settings: { seed: 1, scene: 'chaos', nodes: null, untilMs: null },
      runs: 1,
      withinMs: null,
      isCampaign: false,
      isNarrated: false,
    });
  });

  test('all flags are read, with = or as the next argument', () => {
    const line = parseCommandLine(['--seed=7', '--nodes', '50', '--until=1.5m', '--scene=steady', '--runs=3', '--narrate']);
    expect(line).toEqual({
      kind: 'run',
      settings: { seed: 7, scene: 'steady', nodes: 50, untilMs: 90_000 },
      runs: 3,
      withinMs: null,
      isCampaign: false,
      isNarrated: true,
    });
  });

  test('printed settings are flags that mean the same', () => {
    const settings = { seed: 4_294_967_295, scene: 'leave', nodes: 3, untilMs: 45_000 };
    expect(parseCommandLine(formatSettings(settings).split(' '))).toMatchObject({ settings });
  });

  test.each([
    ['--seeds=1', '--seeds: no such flag; did you mean --seed?'],
    ['seed', 'seed: not a flag; flags are --seed --nodes --until --scene --runs --within --campaign --narrate --table --quick --help'],
    ['--seed=-1', '--seed=-1: not a whole number from 0 to 4294967295'],
    ['--nodes=0', '--nodes=0: not a whole number from 1 to 16384'],
    ['--until=120', '--until=120: not a duration; write it as 500ms, 120s, 5m or 1h'],
    ['--runs', '--runs needs a value, as in --runs=5'],
    ['--table=crush', '--table=crush: no such table; did you mean crash?\n'],
    ['--table=crash,', '--table=: no such table\n'],
    ['--table', '--table needs a value, as in --table=crash'],
    ['--quick', '--quick goes with --table=NAME; --table=list names them'],
    ['--narrate=yes', '--narrate takes no value, and was given yes'],
  ])('%s is refused with what would be right', (argument, message) => {
    const line = parseCommandLine([argument]);
    if (message.endsWith('\n')) expect(line).toEqual({ kind: 'usage-error', message: expect.stringContaining(`${message}tables: `) });
    else expect(line).toEqual({ kind: 'usage-error', message });
  });

  test('tables are asked for by name, several sizes at once, and all but the huge ones together', () => {
    expect(parseCommandLine(['--table=crash,loss', '--seed=4', '--nodes=10,50', '--runs=2', '--quick'])).toEqual({
      kind: 'measure',
      measurement: { tables: ['crash', 'loss'], seed: 4, nodes: [10, 50], runs: 2, isQuick: true },
    });
    expect(parseCommandLine(['--table=list'])).toEqual({ kind: 'list-tables' });
    const all = parseCommandLine(['--table=all']);
    expect(all).toMatchObject({ measurement: { seed: 1, nodes: null, runs: null, isQuick: false } });
    const names = all.kind === 'measure' ? all.measurement.tables : [];
    expect(names).toContain('rapid');
    expect(names).not.toContain('crash-huge');
  });

  test.each([
    [['--table=crash', '--scene=steady'], '--table does not go with --scene'],
    [['--narrate', '--table=crash'], '--table does not go with --narrate'],
    [['--table=crash', '--nodes=10,x'], '--nodes=x: not a whole number from 3 to 16384'],
    [['--table=crash', '--nodes=2'], '--nodes=2: not a whole number from 3 to 16384'],
  ])('%j is refused', (argv, message) => {
    expect(parseCommandLine(argv)).toEqual({ kind: 'usage-error', message });
  });

  test('a printed measurement is flags that mean the same', () => {
    const measurement = { tables: ['join', 'crash'], seed: 3, nodes: [5, 7], runs: 2, isQuick: true };
    expect(parseCommandLine(formatMeasurement(measurement).split(' '))).toEqual({ kind: 'measure', measurement });
  });

  test('an unknown scene names the nearest one and lists all', () => {
    const line = parseCommandLine(['--scene=crash-on']);
    expect(line).toMatchObject({
      kind: 'usage-error',
      message: expect.stringContaining('--scene=crash-on: no such scene; did you mean crash-one?'),
    });
    expect(line).toMatchObject({ message: expect.stringContaining('partition-heal') });
  });
});
