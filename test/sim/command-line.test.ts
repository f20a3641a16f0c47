// The flags of `npm run sim`: what they mean, and what is said of wrong ones.

import { describe, expect, test } from 'vitest';
import { formatSettings, parseCommandLine } from '../../src/sim/command-line.ts';

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
    ['seed', 'seed: not a flag; flags are --seed --nodes --until --scene --runs --within --campaign --narrate --help'],
    ['--seed=-1', '--seed=-1: not a whole number from 0 to 4294967295'],
    ['--nodes=0', '--nodes=0: not a whole number from 1 to 16384'],
    ['--until=120', '--until=120: not a duration; write it as 500ms, 120s, 5m or 1h'],
    ['--runs', '--runs needs a value, as in --runs=5'],
    ['--narrate=yes', '--narrate takes no value, and was given yes'],
  ])('%s is refused with what would be right', (argument, message) => {
    expect(parseCommandLine([argument])).toEqual({ kind: 'usage-error', message });
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
