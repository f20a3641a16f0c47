// A log line for people: `12:03:04.567 INFO  member-joined member=n2 address=10.0.0.2:7946`, made of the JSON line that programs get.
// Every value is printed with its control characters escaped: names and reasons come from the network.

import { styleText } from 'node:util';
import { escapeControls } from './escape.ts';

const STYLES: Readonly<Record<string, Parameters<typeof styleText>[0]>> = {
  fatal: 'red',
  error: 'red',
  warn: 'yellow',
  info: 'green',
  debug: 'gray',
  trace: 'gray',
};

/** Keys that stand at a place of their own. */
const PLACED = new Set(['time', 'level', 'msg']);

export function readableLine(json: string, withColour: boolean): string {
  let record: unknown;
  try {
    record = JSON.parse(json);
  } catch {
    return `${escapeControls(json.trimEnd())}\n`;
  }
  if (typeof record !== 'object' || record === null) return `${escapeControls(json.trimEnd())}\n`;
  const fields = new Map<string, unknown>(Object.entries(record));
  const level = String(fields.get('level') ?? '');
  const word = level.toUpperCase().padEnd(5);
  const style = STYLES[level];
  const parts = [
    clockTime(fields.get('time')),
    withColour && style !== undefined ? styleText(style, word) : word,
    valueText(fields.get('msg') ?? ''),
  ];
  for (const [key, value] of fields) if (!PLACED.has(key)) parts.push(`${escapeControls(key)}=${quoted(value)}`);
  return `${parts.filter((part) => part !== '').join(' ')}\n`;
}

function clockTime(time: unknown): string {
  return typeof time === 'string' ? escapeControls(time.slice(11, 23)) : '';
}

function quoted(value: unknown): string {
  const text = valueText(value);
  return typeof value === 'string' && (text === '' || /[\s"=]/.test(text)) ? `"${text.replaceAll('"', '\\"')}"` : text;
}

function valueText(value: unknown): string {
  return escapeControls(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
}
