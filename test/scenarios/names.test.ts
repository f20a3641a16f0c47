// Two ids under one name: the loser is the same in everyone's eyes, only it acts on it, and it says both addresses.

import { describe, expect, test } from 'vitest';
import { factsOf, metaOf } from '../support/members.ts';
import { BORN, events, Puppet, Stage, transcript } from '../support/stage.ts';

/** Another id under this node's name (n0), first born so much later. */
function namesake(bornLater: number, ordinal = 5, restarts = 0): Puppet {
  const facts = factsOf(ordinal, { name: 'n0', meta: metaOf({ restarts }) });
  return new Puppet(ordinal, { incarnation: BORN + bornLater + restarts, entry: { facts } });
}

/** Its last line, once its workloads are dead. */
function ended(stage: Stage): string | undefined {
  stage.workloadsEnded();
  stage.persisted();
  return transcript(stage.pass(1_000)).at(-1);
}

describe('a name that two bear', () => {
  test('is lost by the later born, which says it to the others and exits with both addresses', () => {
    const stage = new Stage().enter();
    const elder = namesake(-1);
    // What runs under its lease is dead before the others hear that it left, for they act on that at once (R9).
    expect(stage.hear(elder.hello(), elder.address)).toContain('stop all workloads of life 0 within 1000 ms');
    expect(events(stage.pass(500))).toStrictEqual([]);
    expect(stage.workloadsEnded()).toStrictEqual(['persist life 0 as clean']);
    const said = stage.persisted();
    expect(said).toContain('event member-left n0: this agent');
    const last = [...said, ...transcript(stage.pass(1_000))];
    expect(last).toContain('send push of n0 left to 10.0.0.5:7946');
    expect(last.at(-1)).toBe('exit name-clash: the name n0 is taken: the agent at 10.0.0.5:7946 had it before this one at 10.0.0.0:7946');
  });

  test('is kept by the elder, for whom nothing happens: the other is not shown under it', () => {
    const stage = new Stage().enter();
    const younger = namesake(1);
    expect(stage.hear(younger.hello(), younger.address)).toStrictEqual([]);
    expect(stage.shown()).toStrictEqual(['n0 alive']);
    expect(stage.node.standing).toBe('joining');
    expect(stage.node.refusals.get('name-taken')).toBeGreaterThan(0);
  });

  test('is decided by the first birth, however often either has lived since', () => {
    const stage = new Stage().enter();
    const elder = namesake(-10, 5, 3);
    stage.hear(elder.hello(), elder.address);
    expect(ended(stage)).toMatch(/^exit name-clash/);
    const other = new Stage().enter();
    const younger = namesake(10, 5, 3);
    other.hear(younger.hello(), younger.address);
    expect(transcript(other.pass(1_000)).filter((line) => line.startsWith('exit'))).toStrictEqual([]);
  });

  test('born in one millisecond is lost by the higher id', () => {
    const stage = new Stage().enter();
    const other = namesake(0);
    stage.hear(other.hello(), other.address);
    expect(transcript(stage.pass(1_000)).filter((line) => line.startsWith('exit'))).toStrictEqual([]);
  });

  test('is learned from a relay when the elder’s counter rises', () => {
    const [stage, teller, elder] = [new Stage().enter(), new Puppet(1), namesake(-1)];
    stage.hear(teller.hello());
    stage.hear(teller.pushes([elder.entry()]));
    expect(stage.node.standing).toBe('joining');
    stage.hear(teller.pushes([elder.entry({ counter: 2 })]));
    expect(ended(stage)).toMatch(/^exit name-clash/);
  });

  test('between two others concerns only them: the elder is shown', () => {
    const stage = new Stage().enter();
    const facts = (ordinal: number): Parameters<typeof factsOf>[1] => ({ name: 'web', address: factsOf(ordinal).address });
    const elder = new Puppet(1, { incarnation: BORN, entry: { facts: factsOf(1, facts(1)) } });
    const younger = new Puppet(2, { incarnation: BORN + 5, entry: { facts: factsOf(2, facts(2)) } });
    expect(stage.hear(elder.hello(), elder.address)).toStrictEqual(['event member-joined web: heard']);
    expect(stage.hear(younger.hello(), younger.address)).toStrictEqual([]);
    expect(stage.shown()).toStrictEqual(['n0 alive', 'web alive']);
  });

  test('is free once its bearer has ended: the next one has it, the dead one is no longer shown', () => {
    const stage = new Stage().enter();
    const before = new Puppet(1, { entry: { facts: factsOf(1, { name: 'web' }) } });
    const after = new Puppet(2, { entry: { facts: factsOf(2, { name: 'web' }) } });
    stage.hear(before.hello(), before.address);
    stage.hear(before.pushes([before.entry({ state: 'left' })]), before.address);
    expect(stage.hear(after.hello(), after.address)).toStrictEqual(['event member-joined web: heard']);
    expect(stage.shown()).toStrictEqual(['n0 alive', 'web alive']);
  });
});
