// What a program may leave out when it starts an agent, and what it must not get wrong.

import { describe, expect, test } from 'vitest';
import { defaultOptions, type StartOptions, settingValues } from '../../src/agent/defaults.ts';
import { SETTINGS } from '../../src/cli/option-table.ts';

describe('an agent that a program starts', () => {
  test('with nothing is a dev agent on loopback that leaves standard output alone', () => {
    expect(defaultOptions()).toMatchObject({
      start: { kind: 'dev' },
      seeds: [],
      bind: { host: '127.0.0.1', port: 0 },
      profile: 'local',
      clusterName: 'default',
      tags: [],
      logLevel: 'silent',
    });
  });

  test('with seeds joins, as on the command line', () => {
    expect(defaultOptions({ seeds: ['10.0.0.1'] })).toMatchObject({
      start: { kind: 'join' },
      seeds: ['10.0.0.1'],
      bind: { host: null, port: 7946 },
      profile: 'lan',
    });
    expect(defaultOptions({ start: 'dev', seeds: ['127.0.0.1:7000'] }).start).toEqual({ kind: 'dev' });
  });

  test('has its tags sorted, and says of each setting whether the program gave it', () => {
    const { tags, settings } = defaultOptions({ name: 'a', tags: { z: '1', b: '2' } });
    expect(tags).toEqual([
      ['b', '2'],
      ['z', '1'],
    ]);
    expect(settings.name).toEqual({ value: 'a', from: 'program' });
    expect(settings.tag).toEqual({ value: ['b=2', 'z=1'], from: 'program' });
    expect(settings.zone).toEqual({ value: '', from: 'default' });
  });

  test('has the default where undefined is given', () => {
    const given: Record<string, unknown> = { name: undefined, seeds: undefined };
    expect(defaultOptions(given as StartOptions)).toEqual(defaultOptions());
  });

  test.each([
    [{ nmae: 'a' }, "there is no option 'nmae'"],
    [{ start: 'devv' }, "start cannot be 'devv'"],
    [{ profile: 'fast' }, "profile cannot be 'fast'"],
  ])('is refused with %o', (given, sentence) => {
    const act = (): unknown => defaultOptions(given as StartOptions);
    expect(act).toThrow(expect.objectContaining({ code: 'usage', message: `Agent.start: ${sentence}` }));
  });

  test('shows its settings under the names that all others use', () => {
    expect(Object.keys(settingValues(defaultOptions())).sort()).toEqual(SETTINGS.map(({ name }) => name).sort());
  });
});
