// Who is told of by others is not shown, told on or announced until its counter rises or it speaks for itself.

import { describe, expect, test } from 'vitest';
import { beatsOf, events, only, Puppet, Stage, transcript } from '../support/stage.ts';

function met(): { stage: Stage; teller: Puppet; other: Puppet } {
  const [stage, teller, other] = [new Stage().enter(), new Puppet(1), new Puppet(2)];
  stage.hear(teller.hello());
  // Older news has been told by then.
  stage.pass(1_500);
  return { stage, teller, other };
}

describe('a member that is only told of', () => {
  test('is not shown, announced or told on, but greeted at the next round', () => {
    const { stage, teller, other } = met();
    expect(stage.hear(teller.pushes([other.entry()]))).toStrictEqual([]);
    expect(stage.shown()).toStrictEqual(['n0 alive', 'n1 alive']);
    const said = transcript(stage.pass(600));
    expect(said).toContain('send hello to 10.0.0.2:7946');
    expect(said.filter((line) => line.includes('n2'))).toStrictEqual([]);
  });

  test('is a member when its counter rises, by whoever’s word', () => {
    const { stage, teller, other } = met();
    stage.hear(teller.pushes([other.entry()]));
    expect(stage.hear(teller.pushes([], beatsOf(other)))).toStrictEqual([]);
    other.counter += 1;
    expect(stage.hear(teller.pushes([], beatsOf(other)))).toStrictEqual(['event member-joined n2: heard']);
    expect(stage.shown()).toStrictEqual(['n0 alive', 'n1 alive', 'n2 alive']);
    expect(transcript(stage.pass(30)).some((line) => line.startsWith('send push of n2 alive to'))).toBe(true);
  });

  test('is a member when an entry with a higher counter is told', () => {
    const { stage, teller, other } = met();
    stage.hear(teller.pushes([other.entry()]));
    expect(stage.hear(teller.pushes([other.entry({ counter: 2 })]))).toStrictEqual(['event member-joined n2: heard']);
  });

  test('is a member when it speaks, whatever it says', () => {
    const { stage, teller, other } = met();
    stage.hear(teller.pushes([other.entry()]));
    expect(stage.hear(other.says({ kind: 'pong', echo: 0 }), other.address)).toStrictEqual(['event member-joined n2: heard']);
  });

  test('is forgotten without a word when it never speaks: no one who was never there can fail', () => {
    const { stage, teller, other } = met();
    stage.hear(teller.pushes([other.entry()]));
    const spoken: string[] = [];
    for (let i = 0; i < 30; i++) {
      teller.counter += 20;
      stage.hear(teller.says({ kind: 'pong', echo: 0 }));
      spoken.push(...events(stage.pass(200)));
    }
    expect(spoken).toStrictEqual([]);
    expect(stage.shown()).toStrictEqual(['n0 alive', 'n1 alive']);
  });

  test('does not count in the list’s hash, so that no one asks what to make of it', () => {
    const { stage, teller, other } = met();
    const hashOf = (): unknown => {
      const pushes = only('send', stage.pass(600)).map(({ envelope }) => envelope.message);
      return pushes.find((message) => message.kind === 'push' && message.entries.length === 0);
    };
    const before = hashOf();
    stage.hear(teller.pushes([other.entry()]));
    const [was, is] = [before, hashOf()] as { listHash: unknown }[];
    expect(is!.listHash).toStrictEqual(was!.listHash);
  });
});
