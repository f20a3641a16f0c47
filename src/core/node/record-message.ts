// What members say to each other of the record and the lease: government.ts's part of what comes in.

import type {
  Accept,
  Accepted,
  Ack,
  Beat,
  Confirm,
  Confirmed,
  Deltas,
  Nack,
  Prepare,
  Promised,
  Recall,
  Recalled,
  Relayed,
  Request,
} from '../message.ts';

export type RecordMessage =
  | Beat
  | Ack
  | Relayed
  | Prepare
  | Promised
  | Nack
  | Accept
  | Accepted
  | Deltas
  | Confirm
  | Confirmed
  | Recall
  | Recalled
  | Request;
