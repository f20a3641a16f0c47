// The number of each kind of message: it never changes, and none is used again.

import type { Message } from '../core/index.ts';

export const KIND = {
  push: 1,
  ping: 2,
  pong: 3,
  who: 4,
  hello: 5,
  superseded: 6,
  join: 7,
  welcome: 8,
  sync: 9,
  'sync-reply': 10,
  refused: 11,
  beat: 12,
  ack: 13,
  relayed: 14,
  prepare: 15,
  promise: 16,
  nack: 17,
  accept: 18,
  accepted: 19,
  deltas: 20,
  'ask-record': 21,
  'whole-record': 22,
  confirm: 23,
  confirmed: 24,
  request: 25,
  vote: 26,
  recall: 27,
  recalled: 28,
  doubts: 30,
} as const satisfies Record<Message['kind'], number>;

/** Not a message of its own: several of them in one datagram (bundle.ts). */
export const BUNDLE_KIND = 29;
