// `quorate events`: what happened, line by line, as far as the agent still knows it; with --follow also what happens.

import type { EventJson, EventTypeJson } from '../../api/contract.ts';
import { withAgent } from '../agent-client.ts';
import { type CommandLine, isSet, listOf, textOf } from '../command-line.ts';
import { EXIT, Failure } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { EVENT_TYPES } from '../option-table.ts';
import { escapeText, jsonLine } from '../print.ts';

export async function showEvents(line: CommandLine, io: Io): Promise<number> {
  const follow = isSet(line, 'follow');
  let lastId = sinceOf(line);
  const types = listOf(line, 'type').filter(isEventType);
  const filter = { follow, ...(lastId === null ? {} : { since: lastId }), ...(types.length === 0 ? {} : { types }) };
  const isJson = isSet(line, 'json');
  await withAgent(line, io, async (agent) => {
    for await (const event of agent.events(filter)) {
      lastId = event.id;
      io.out.write(isJson ? jsonLine(event) : eventLine(io, event));
    }
  });
  if (!follow) return EXIT.done;
  throw new Failure(
    EXIT.unreachable,
    'the agent ended the stream: it stopped',
    `when it is back: quorate events --follow${lastId === null ? '' : ` --since ${lastId}`}`,
  );
}

// The parser has held the words to the same list.
function isEventType(word: string): word is EventTypeJson {
  return EVENT_TYPES.some((type) => type === word);
}

function sinceOf(line: CommandLine): number | null {
  const text = textOf(line, 'since');
  if (text === null) return null;
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(Number(text))) {
    throw new Failure(
      EXIT.usage,
      `events: --since '${text}' is not an event's id`,
      'ids are the whole numbers in the first column of quorate events',
    );
  }
  return Number(text);
}

function reasonOf(event: EventJson): string {
  const reason = event.reason ?? '';
  switch (event.type) {
    case 'lost':
      return event.count === undefined && reason !== '' ? reason : `${event.count ?? 'an unknown number of'} events are no longer kept`;
    case 'leader-changed':
      return `${typeof event.leader === 'string' ? `${event.leader} leads, token ${event.token}` : 'no leader'}: ${reason}`;
    case 'record-changed':
      return `version ${event.version}, epoch ${event.epoch}: ${reason}`;
    default:
      return reason;
  }
}

/** Off a terminal: id, time, type, member, address, reason. */
export function eventLine(io: Io, event: EventJson): string {
  const reason = reasonOf(event);
  const cells = [String(event.id), event.time, event.type, event.member ?? '', event.address ?? '', reason].map((text) =>
    text === '' ? '-' : escapeText(text),
  );
  if (!io.out.isTerminal) return `${cells.join('\t')}\n`;
  const [id = '', time = '', type = '', member = '', address = ''] = cells;
  return `${id}  ${time}  ${type.padEnd(14)}  ${member.padEnd(12)}  ${address.padEnd(21)}  ${cells[5] === '-' ? '' : cells[5]}`
    .trimEnd()
    .concat('\n');
}
