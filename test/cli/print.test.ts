// Tables, JSON lines and the escaping of what strangers named.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeText, hasColour, jsonLine, shortDuration, table } from '../../src/cli/print.ts';
import { keepingIo } from '../support/cli.ts';

describe('text of strangers', () => {
  test('cannot move the cursor, fake a line or turn the direction', () => {
    expect(escapeText('a\u001b[2J\r\nb\u0007\u007f\u009b\u202ec\u2066\u200f')).toBe(
      'a\\x1b[2J\\x0d\\x0ab\\x07\\x7f\\x9b\\u202ec\\u2066\\u200f',
    );
    expect(escapeText('größe=大')).toBe('größe=大');
  });

  test('is JSON that means the same and holds nothing that a terminal obeys', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = jsonLine({ text });
        expect(JSON.parse(line)).toEqual({ text });
        expect(escapeText(line.slice(0, -1))).toBe(line.slice(0, -1));
      }),
    );
  });
});

describe('a table', () => {
  const rows = [
    [{ text: 'n1' }, { text: 'alive', colour: 'green' as const }, { text: '' }],
    [{ text: 'long-name' }, { text: 'failed' }, { text: 'a\tb' }],
  ];

  test('off a terminal is bare columns between tabs, none of them empty', () => {
    expect(table(keepingIo().io, ['NAME', 'STATE', 'TAGS'], rows)).toBe('n1\talive\t-\nlong-name\tfailed\ta\\x09b\n');
  });

  test('on a terminal has a head and is aligned, without colour if that is wished', () => {
    const { io } = keepingIo({ isTerminal: true, env: { NO_COLOR: '1' } });
    expect(table(io, ['NAME', 'STATE', 'TAGS'], rows)).toBe('NAME       STATE   TAGS\nn1         alive   -\nlong-name  failed  a\\x09b\n');
  });

  test('is coloured only on a terminal that can and may', () => {
    expect(hasColour(keepingIo({ isTerminal: true }).io)).toBe(true);
    expect(hasColour(keepingIo({ isTerminal: true, env: { NO_COLOR: '1' } }).io)).toBe(false);
    expect(hasColour(keepingIo({ isTerminal: true, env: { TERM: 'dumb' } }).io)).toBe(false);
    expect(hasColour(keepingIo().io)).toBe(false);
  });
});

test('a length of time is short', () => {
  expect([180, 4200, 61_000, 7_300_000, 200_000_000].map(shortDuration)).toEqual(['180ms', '4.2s', '1m', '2h', '2d']);
});
