// The machine of standing (R7): one life is one uninterrupted lease, and a fenced one never un-fences.

import { describe, expect, test } from 'vitest';
import { StandingMachine } from '../../../src/core/fence/index.ts';
import { at } from '../../../src/core/index.ts';

function quorate(): StandingMachine {
  const machine = new StandingMachine(null);
  machine.becomeQuorate(at(100));
  return machine;
}

function fencing(): StandingMachine {
  const machine = quorate();
  machine.beginFence('lease-lapsed', 'no acks', [{ voter: 'n2', ackAgeMs: 3001 }], at(5000));
  return machine;
}

describe('a life', () => {
  test('begins without the right to act, and says why the last one was fenced', () => {
    const fence = { since: at(1), reason: 'condemned', message: 'not heard', evidence: [] } as const;
    expect(new StandingMachine(null)).toMatchObject({ shown: 'joining', isQuorate: false, fence: null });
    expect(new StandingMachine(fence)).toMatchObject({ shown: 'joining', fence });
  });

  test('is quorate since its first majority', () => {
    expect(quorate()).toMatchObject({ shown: 'quorate', isQuorate: true });
    expect(quorate().quorateSince()).toBe(100);
  });

  test('becomes quorate once: what holds is not gained again', () => {
    expect(() => quorate().becomeQuorate(at(200))).toThrow();
  });
});

describe('a fence', () => {
  test('flips the state at once, with reason and evidence', () => {
    const machine = fencing();
    expect(machine).toMatchObject({ shown: 'fenced', isQuorate: false, isFencing: true });
    expect(machine.quorateSince()).toBeNull();
    expect(machine.fence).toStrictEqual({
      since: 5000,
      reason: 'lease-lapsed',
      message: 'no acks',
      evidence: [{ voter: 'n2', ackAgeMs: 3001 }],
    });
  });

  test('is not undone by acks: only the next life becomes quorate (I7)', () => {
    expect(() => fencing().becomeQuorate(at(5001))).toThrow();
    const machine = fencing();
    machine.endFence();
    expect(machine).toMatchObject({ shown: 'fenced', isFencing: false });
    machine.becomeQuorate(at(6000));
    expect(machine.shown).toBe('quorate');
  });

  test('fails when a child cannot be confirmed dead, and ends when it is', () => {
    const machine = fencing();
    machine.failFence();
    expect(machine).toMatchObject({ shown: 'fence-failed', isFencing: true, isQuorate: false });
    machine.endFence();
    expect(machine.shown).toBe('fenced');
  });

  test('that is not under way cannot fail, nor end', () => {
    expect(() => quorate().failFence()).toThrow();
    const machine = quorate();
    machine.endFence();
    expect(machine.shown).toBe('quorate');
  });

  test('is told of until the next one', () => {
    const machine = fencing();
    machine.endFence();
    machine.becomeQuorate(at(6000));
    expect(machine.fence?.reason).toBe('lease-lapsed');
  });
});

test('a run that has ended stays so', () => {
  const machine = quorate();
  machine.end();
  expect(machine).toMatchObject({ shown: 'left', isQuorate: false });
  expect(() => machine.becomeQuorate(at(9))).toThrow();
});
