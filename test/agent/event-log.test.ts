// The ring of events: numbering, what a reader that fell behind is told, and a naive twin that forgets nothing.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventLog, IDS_PER_RUN, type LoggedEvent } from '../../src/agent/event-log.ts';

function event(member: string): Omit<LoggedEvent, 'id'> {
  return { timeMs: 1_790_000_000_000, type: 'member-joined', member, incarnation: 1, address: '127.0.0.1:7946', reason: '' };
}

function filled(count: number, capacity: number, runOrdinal = 3): EventLog {
  const log = new EventLog(runOrdinal, capacity);
  for (let i = 1; i <= count; i++) log.append(event(`n${i}`));
  return log;
}

const base = 3 * IDS_PER_RUN;
const idsOf = (events: readonly LoggedEvent[]): number[] => events.map((one) => one.id - base);

describe('ids', () => {
  test('the first event of a run is numbered run × 10^9 + 1, the next one more', () => {
    const log = filled(2, 8);
    expect(log.lastId).toBe(base + 2);
    expect(idsOf(log.after(0, 10).events)).toEqual([1, 2]);
  });

  test('every id of a later run is above every id of an earlier one', () => {
    expect(new EventLog(4).lastId).toBeGreaterThan(filled(5_000, 8).lastId);
  });

  test('an event that brings a field called id is numbered all the same', () => {
    const log = new EventLog(3, 8);
    const fromCore = { ...event('n1'), id: 'the id of a member' };
    expect(log.append(fromCore as Omit<LoggedEvent, 'id'>).id).toBe(base + 1);
  });

  test('a run ordinal whose ids would lose precision is our own mistake', () => {
    expect(() => new EventLog(1_790_000_000_000)).toThrow('leaves room for exact event ids');
    expect(() => new EventLog(-1)).toThrow();
  });
});

describe('what a reader gets', () => {
  test('after the newest id there is nothing, and nothing is lost', () => {
    expect(filled(5, 8).after(base + 5, 10)).toEqual({ lost: 0, events: [] });
  });

  test('no more than the limit, from the id that it asks after', () => {
    const slice = filled(8, 8).after(base + 2, 3);
    expect(slice.lost).toBe(0);
    expect(idsOf(slice.events)).toEqual([3, 4, 5]);
  });

  test('a reader overtaken by the ring is told exactly how many are gone', () => {
    const slice = filled(20, 8).after(base + 5, 100);
    expect(slice.lost).toBe(7);
    expect(idsOf(slice.events)).toEqual([13, 14, 15, 16, 17, 18, 19, 20]);
  });

  test('0 stands for the beginning of this run, so its overwritten events are counted', () => {
    expect(filled(3, 8).after(0, 100).lost).toBe(0);
    expect(filled(20, 8).after(0, 100).lost).toBe(12);
  });

  test('an id of an earlier run loses an unknown number and starts with what is kept', () => {
    const slice = filled(3, 8).after(2 * IDS_PER_RUN + 17, 100);
    expect(slice.lost).toBeNull();
    expect(idsOf(slice.events)).toEqual([1, 2, 3]);
  });

  test('an id that was never given loses an unknown number and starts with what is kept', () => {
    const slice = filled(3, 8).after(base + 4, 100);
    expect(slice.lost).toBeNull();
    expect(idsOf(slice.events)).toEqual([1, 2, 3]);
  });

  test('an empty log has nothing to say about any id', () => {
    expect(new EventLog(3, 8).after(0, 10)).toEqual({ lost: 0, events: [] });
    expect(new EventLog(3, 8).after(base + 1, 10)).toEqual({ lost: null, events: [] });
  });
});

describe('listeners', () => {
  test('a listener is called after each append until it stops, also from within a call', () => {
    const log = new EventLog(3, 8);
    const seen: number[] = [];
    const stop = log.subscribe(() => {
      seen.push(log.lastId - base);
      if (seen.length === 2) stop();
    });
    for (let i = 0; i < 4; i++) log.append(event('n'));
    expect(seen).toEqual([1, 2]);
  });
});

test('a reader at any pace sees each event once, in order, or is told of it as lost', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 1, max: 12 }) }),
    fc.record({ kind: fc.constant('read' as const), count: fc.integer({ min: 1, max: 6 }) }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7 }), fc.array(step, { maxLength: 60 }), (capacity, steps) => {
      const log = new EventLog(3, capacity);
      let cursor = base;
      let lost = 0;
      const seen: number[] = [];
      const read = (limit: number): number => {
        const slice = log.after(cursor, limit);
        lost += slice.lost ?? Number.NaN;
        for (const one of slice.events) {
          seen.push(one.id);
          expect(one.member).toBe(`n${one.id - base}`);
        }
        cursor = slice.events.at(-1)?.id ?? cursor;
        return slice.events.length;
      };
      for (const { kind, count } of steps) {
        if (kind === 'read') read(count);
        else for (let i = 0; i < count; i++) log.append(event(`n${log.lastId + 1 - base}`));
      }
      while (read(4) > 0);
      expect(seen.length + lost).toBe(log.lastId - base);
      expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    }),
  );
});
