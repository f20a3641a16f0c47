// A core event as the event log, the log lines and the hooks hold it: one flat record, absent facts left out.

import { assertNever, type CoreEvent } from '../core/index.ts';
import type { LoggedEvent } from './event-log.ts';

export type EventRecord = Omit<LoggedEvent, 'id' | 'timeMs'>;

/** `self` is who tells what concerns the whole cluster. */
export function eventRecord(event: CoreEvent, self: string): EventRecord {
  switch (event.type) {
    case 'quorate':
    case 'fenced':
    case 'fence-failed':
      return { type: event.type, member: event.member, incarnation: event.incarnation, address: '', reason: event.reason };
    case 'leader-changed': {
      const { leader, token, isSelf, reason } = event;
      return { type: event.type, member: self, incarnation: 0, address: '', reason, leader, token, isSelf };
    }
    case 'record-changed':
      return {
        type: event.type,
        member: self,
        incarnation: 0,
        address: '',
        reason: event.reason,
        version: event.version,
        epoch: event.epoch,
      };
    case 'member-joined':
    case 'member-suspect':
    case 'member-alive':
    case 'member-failed':
    case 'member-left':
    case 'member-stopped':
    case 'member-updated':
    case 'udp-blocked':
    case 'tcp-blocked':
    case 'unblocked': {
      const { type, member, incarnation, address, reason } = event;
      return { type, member, incarnation, address, reason };
    }
    default:
      return assertNever(event);
  }
}
