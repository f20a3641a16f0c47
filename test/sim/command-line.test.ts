// The flags of `npm run sim`: what they mean, and what is said of wrong ones.

import { describe, expect, test } from 'vitest';
import { formatMeasurement, formatRun, parseCommandLine, type RunLine } from '../../src/sim/command-line.ts';

describe('the flags of npm run sim', () => {
  test('no flags mean one chaos run of seed 1', () => {
    expect(parseCommandLine([])).toEqual({
      kind: 'run',
      settings: { seed: 1, scene: 'chaos', nodes: null, untilMs: null },
      runs: 1,
      workers: 1,
      withinMs: null,
      isCampaign: false,
      isNarrated: false,
    });
  });

  test('all flags are read, with = or as the next argument', () => {
    const settings = { seed: 7, scene: 'steady', nodes: 50, untilMs: 90_000 };
    const line = { kind: 'run', settings, runs: 1, workers: 1, withinMs: null, isCampaign: false, isNarrated: false };
    const flags = ['--seed=7', '--nodes', '50', '--until=1.5m', '--scene=steady'];
    expect(parseCommandLine([...flags, '--narrate'])).toEqual({ ...line, isNarrated: true });
    const several = { ...line, runs: 3, workers: 2, withinMs: 5000 };
    expect(parseCommandLine([...flags, '--runs=3', '--within=5s', '--workers=2'])).toEqual(several);
    expect(parseCommandLine(['--mutate=no-wait'])).toEqual({ kind: 'mutate', name: 'no-wait' });
  });

  test('there are no more workers than seeds', () => {
    expect(parseCommandLine(['--workers=8'])).toMatchObject({ workers: 1 });
    expect(parseCommandLine(['--workers=8', '--runs=3'])).toMatchObject({ workers: 3 });
    expect(parseCommandLine(['--workers=8', '--campaign'])).toMatchObject({ workers: 8 });
  });

  test.each([
    ['--seed=4294967295 --scene=leave --nodes=3 --until=45000ms'],
    ['--seed=2 --scene=steady --runs=5 --within=5000ms'],
    ['--seed=1 --scene=proof --campaign'],
    ['--seed=1 --scene=proof --campaign --runs=7 --within=600000ms'],
  ])('printed settings are flags that mean the same: %s', (flags) => {
    expect(formatRun(parseCommandLine(flags.split(' ')) as RunLine)).toBe(flags);
  });

  test.each([
    ['--seeds=1', '--seeds: no such flag; did you mean --seed?'],
    [
      'seed',
      'seed: not a flag; flags are --seed --nodes --until --scene --runs --within --workers --campaign --narrate --mutate --table --quick --help',
    ],
    ['--workers=0', '--workers=0: not a whole number from 1 to 64'],
    ['--workers=abc', '--workers=abc: not a whole number from 1 to 64'],
    ['--within=5s', '--within goes with --runs=K or --campaign: one run is played to its end'],
    ['--seed=-1', '--seed=-1: not a whole number from 0 to 4294967295'],
    ['--nodes=0', '--nodes=0: not a whole number from 1 to 16384'],
    ['--until=120', '--until=120: not a duration; write it as 500ms, 120s, 5m or 1h'],
    ['--runs', '--runs needs a value, as in --runs=5'],
    ['--table=crush', '--table=crush: no such table; did you mean crash?\n'],
    ['--table=crash,', '--table=: no such table\n'],
    ['--table=crash,list', '--table=list is asked for alone, not as one of several'],
    ['--table=all,crash', '--table=all is asked for alone, not as one of several'],
    ['--table=crash,crahs', '--table=crahs: no such table; did you mean crash?\n'],
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
      workers: 1,
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
    [['--narrate', '--runs=3'], '--narrate tells one history: it goes neither with --runs nor with --campaign'],
    [['--narrate', '--campaign'], '--narrate tells one history: it goes neither with --runs nor with --campaign'],
    [['--mutate=no-wait', '--seed=3'], '--mutate does not go with --seed'],
    [['--table=crash', '--mutate=no-wait'], '--table does not go with --mutate'],
    [['--table=crash', '--workers=0'], '--workers=0: not a whole number from 1 to 64'],
    [['--table=crash', '--nodes=10,x'], '--nodes=x: not a whole number from 3 to 16384'],
    [['--table=crash', '--nodes=2'], '--nodes=2: not a whole number from 3 to 16384'],
  ])('%j is refused', (argv, message) => {
    expect(parseCommandLine(argv)).toEqual({ kind: 'usage-error', message });
  });

  test('a printed measurement is flags that mean the same', () => {
    const measurement = { tables: ['join', 'crash'], seed: 3, nodes: [5, 7], runs: 2, isQuick: true };
    expect(parseCommandLine(formatMeasurement(measurement).split(' '))).toEqual({ kind: 'measure', measurement, workers: 1 });
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
