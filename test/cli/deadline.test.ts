// The law that all of `run` stands on: the supervisor's deadline is never later than the end of the agent's lease.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Deadline } from '../../src/cli/supervise/deadline.ts';

const FENCE_MS = 3000;

/** A step of the machine: the monotone clock and the one that counts suspension run by that much. */
const anyStep = fc.record({ ranMs: fc.integer({ min: 0, max: 1500 }), sleptMs: fc.constantFrom(0, 0, 0, 700, 5000) });

describe('the deadline', () => {
  test('is never later than the end of the lease, however long a question and its answer are under way', () => {
    const law = fc.property(fc.array(anyStep, { minLength: 4, maxLength: 40 }), fc.infiniteStream(fc.nat(3)), (steps, choices) => {
      let hr = 100;
      let boot = 9000;
      const deadline = new Deadline({ hrMs: () => hr, bootMs: () => boot });
      const choice = (): number => choices.next().value as number;
      // What the agent knows: when the counter was sent that its majority has acknowledged.
      let ackedAt = { hr, boot };
      const leftMs = (): number => FENCE_MS - Math.max(hr - ackedAt.hr, boot - ackedAt.boot);
      const questions: { sentAt: { hrMs: number; bootMs: number }; answer: number | null }[] = [];
      for (const { ranMs, sleptMs } of steps) {
        hr += ranMs;
        boot += ranMs + sleptMs;
        if (leftMs() > 0 && choice() === 0) ackedAt = { hr, boot };
        if (choice() < 2) questions.push({ sentAt: { hrMs: hr, bootMs: boot }, answer: null });
        for (const question of questions) if (question.answer === null && choice() === 0) question.answer = Math.floor(leftMs());
        // Answers arrive in any order, and late.
        const arrived = questions.findIndex(({ answer }) => answer !== null && choice() === 0);
        const [question] = arrived < 0 ? [] : questions.splice(arrived, 1);
        if (question !== undefined && (question.answer ?? 0) > 0) deadline.extend(question.sentAt, question.answer ?? 0);
        expect(deadline.leftMs).toBeLessThanOrEqual(Math.max(0, leftMs()));
      }
    });
    fc.assert(law, { numRuns: 2000 });
  });

  test('has passed before anything was granted', () => {
    expect(new Deadline({ hrMs: () => 5, bootMs: () => 5 }).leftMs).toBe(Number.NEGATIVE_INFINITY);
  });

  test('goes by the clock that ran further', () => {
    let boot = 0;
    const deadline = new Deadline({ hrMs: () => 0, bootMs: () => boot });
    deadline.extend({ hrMs: 0, bootMs: 0 }, 3000);
    boot = 2000;
    expect(deadline.leftMs).toBe(1000);
  });

  test('is not shortened by an older answer that comes late', () => {
    const deadline = new Deadline({ hrMs: () => 1000, bootMs: () => 1000 });
    deadline.extend({ hrMs: 900, bootMs: 900 }, 3000);
    deadline.extend({ hrMs: 0, bootMs: 0 }, 3000);
    expect(deadline.leftMs).toBe(2900);
  });
});
