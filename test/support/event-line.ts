// An event as a line of a transcript: its type, whom it is about, what it says.

import type { CoreEvent } from '../../src/core/index.ts';

export function eventLine(event: CoreEvent): string {
  switch (event.type) {
    case 'leader-changed':
      return `leader-changed to ${event.leader === null ? 'nobody' : `${event.leader} by token ${event.token}`}`;
    case 'record-changed':
      return `record-changed to version ${event.version} of epoch ${event.epoch}`;
    default:
      return `${event.type} ${event.member}`;
  }
}
