// Everything peers say to each other, one union. wire/ turns it into bytes and back and checks every field's shape and
// bounds before one of these exists; what is believed of it is decided in membership/ and node.ts.

import type { Tag } from './hash.ts';
import type { Address, ClusterId, Incarnation, NodeId, RunNonce } from './ids.ts';
import type { Ballot, Change, ClusterRecord, Condemned } from './record-shapes.ts';

/** What every packet bears (R1): who sends, how far its clock has run, which record it holds. */
export interface Envelope {
  /** `clusterHashOf(clusterId)`; 0 in what a node without a cluster may send: `join`, and `refused` from one that has none. */
  readonly clusterHash: number;
  readonly sender: Tag;
  /** The sender's counter, stamped at this send; 0 when it has no cluster yet. */
  readonly counter: number;
  /** The version of the sender's record; 0 until the record exists. */
  readonly recordVersion: number;
  readonly message: Message;
}

export type Message =
  | Push
  | Ping
  | Pong
  | Who
  | Hello
  | Superseded
  | Join
  | Welcome
  | Sync
  | SyncReply
  | Refused
  | RecordMessage
  | AskRecord
  | WholeRecord
  | Vote
  | Doubts;

/** Of the record and the lease: government.ts's part of what comes in. */
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

/** UDP, every round: changes in full, counters of those whom both sides know in short. */
export interface Push {
  readonly kind: 'push';
  /** Over (id, incarnation, metadata version) of all confirmed living members; differing hashes call for a sync. */
  readonly listHash: Tag;
  readonly entries: readonly MemberEntry[];
  readonly beats: Beats;
}

/** Counters in columns: the hot part of a push. Owned by its maker and reused, so read it before the next step or decode. */
export interface Beats {
  readonly count: number;
  /** The low half of each member's tag: the short index that both sides derive alike. */
  readonly tagLo: Uint32Array;
  readonly counter: Float64Array;
}

export const NO_BEATS: Beats = { count: 0, tagLo: new Uint32Array(0), counter: new Float64Array(0) };

/** UDP: "are you there?" Bears the target's tag, so that another incarnation at the address does not answer for it. */
export interface Ping {
  readonly kind: 'ping';
  readonly target: Tag;
  /** Comes back in the pong; says nothing to anyone but the asker. */
  readonly echo: number;
}

export interface Pong {
  readonly kind: 'pong';
  readonly echo: number;
}

/** A counter of a run: until then it is known to have lived. */
export interface Sighting {
  readonly tag: Tag;
  readonly counter: number;
}

/** UDP: whom a voter suspects, and who was suspected and is heard again; each overtaken by any higher counter. */
export interface Doubts {
  readonly kind: 'doubts';
  readonly suspected: readonly Sighting[];
  readonly heard: readonly Sighting[];
}

/** UDP: "your tag is unknown to me, introduce yourself". */
export interface Who {
  readonly kind: 'who';
  readonly tag: Tag;
}

/** UDP: the one full packet that introduces a tag: it must equal the hash of the four (R1). */
export interface Hello {
  readonly kind: 'hello';
  /** Not 0: answer with a pong that bears it, so that the introduction is mutual. */
  readonly echo: number;
  readonly clusterId: ClusterId;
  readonly nonce: RunNonce;
  readonly entry: MemberEntry;
  /** The life before this one, when it is known: shows who succeeds whom (R9). */
  readonly previous: Succession | null;
}

/** UDP: "a higher incarnation of your id is known here", named by its tag, which covers its nonce (R1). */
export interface Superseded {
  readonly kind: 'superseded';
  readonly id: NodeId;
  readonly incarnation: Incarnation;
  readonly tag: Tag;
}

/** TCP, from a node without a cluster. `entry.tag` tells who asks itself from who runs on a copy of the same state directory. */
export interface Join {
  readonly kind: 'join';
  readonly clusterName: string;
  readonly entry: MemberEntry;
}

/** TCP, the answer to a join: what makes the asker a member. */
export interface Welcome {
  readonly kind: 'welcome';
  readonly clusterId: ClusterId;
  readonly record: ClusterRecord;
  readonly entries: readonly MemberEntry[];
}

/** TCP: "this is what I hold; give me what I lack, and say what you lack". */
export interface Sync {
  readonly kind: 'sync';
  readonly clusterId: ClusterId;
  /** One hash a living member (`MemberTable.rowHash`); null when only `entries` are to be delivered. */
  readonly digest: Uint32Array | null;
  /** What the other side asked for before, and fresh verdicts. */
  readonly entries: readonly MemberEntry[];
}

export interface SyncReply {
  readonly kind: 'sync-reply';
  readonly clusterId: ClusterId;
  /** What the digest lacks, and corrections of what was told. */
  readonly entries: readonly MemberEntry[];
  /** Hashes of the digest that mean nothing here: send those members in full. */
  readonly wanted: Uint32Array;
}

/** TCP, the answer when a join or sync cannot be served. */
export interface Refused {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
  /** What the other side would have to match: its cluster's name, or for `other-cluster` its cluster id. */
  readonly detail: string;
}

/** `no-cluster`: it has none yet itself, ask again. `self`: you asked yourself. */
export type RefusalReason = 'no-cluster' | 'self' | 'cluster-name' | 'other-cluster';

/** A verdict's rank is its place in this list; of two about one incarnation the higher stands (see membership/merge.ts). */
export const MEMBER_STATES = ['alive', 'failed', 'stopped', 'left'] as const;
export type MemberState = (typeof MEMBER_STATES)[number];

/** One member in full. */
export interface MemberEntry {
  readonly id: NodeId;
  readonly incarnation: Incarnation;
  readonly tag: Tag;
  readonly counter: number;
  readonly state: MemberState;
  /** How long ago the verdict fell, as far as the sender knows; 0 for the living. Keeps a ghost from being reborn by relays. */
  readonly stateAgeMs: number;
  readonly facts: Facts;
}

/** What does not change while neither tags nor address do. Shared, never altered in place. */
export interface Facts {
  readonly name: string;
  readonly address: Address;
  readonly meta: Meta;
}

/** Shared by all members that have it alike. */
export interface Meta {
  /** Grows with every change of facts within an incarnation, from 1; the higher one stands. 0: told without its tags (see `fitting`). */
  readonly version: number;
  /** incarnation − first incarnation of this id: 0 in its first life. Decides name clashes (the later born loses). */
  readonly restarts: number;
  readonly zone: string;
  /** Of the software. */
  readonly software: string;
  readonly canVote: boolean;
  /** Sorted by key, keys unique. Pairs, not an object: keys come from the network. */
  readonly tags: readonly (readonly [key: string, value: string])[];
}

/** Bounds that both wire/ (on what comes in) and the agent (on what the user asks for) keep. */
export const LIMITS = {
  nameLengthMax: 64,
  tagsMax: 64,
  tagKeyBytesMax: 128,
  /** Key and value together. */
  tagBytesMax: 1024,
  zoneLengthMax: 64,
  softwareLengthMax: 32,
  datagramBytesMax: 1200,
  /** A TCP message; a longer list goes in several exchanges. */
  frameBytesMax: 4 * 1024 * 1024,
  membersMax: 16_384,
  /** That an operator may name, at the start and later. */
  seedsMax: 256,
  votersMax: 64,
  condemnedMax: 16_384,
  /** What one change condemns and reaps together, and suspects of one poll: the largest promise still fits a datagram, relayed. */
  changeEntriesMax: 32,
  deltasMax: 64,
  acksMax: 64,
  doubtsMax: 64,
} as const;

export const NAME_PATTERN = /^[A-Za-z0-9._-]{1,64}$/;

// ── the lease (R5, R6) ──

/** The pair that the next life names: whoever saw exactly that pair may believe that it is over (R9). */
export interface Succession {
  readonly incarnation: Incarnation;
  readonly nonce: RunNonce;
  /** It ended with a clean stop or leave, workloads dead. */
  readonly isClean: boolean;
}

/** UDP, every T_hb to every voter (R5): "I am here"; a voter's bears its acks of the others. The counter is the envelope's. */
export interface Beat {
  readonly kind: 'beat';
  /** It lacks acks of a majority: whoever receives this passes it on to the voters (L1). */
  readonly isShort: boolean;
  /** It lacks them for so long that one member on the way is not enough: passed on twice, and answered by any way (L1). */
  readonly isLost: boolean;
  /** May become a voter: quorate without a break for 2 x T_dwell (R11). */
  readonly isStable: boolean;
  /** Of the state directory: what a voter is known by besides its id. Told only by those who may still become one. */
  readonly storeId: string | null;
  readonly canVote: boolean;
  readonly canLead: boolean;
  readonly writeCount: number;
  /** To the voter that this beat goes to, of what it last sent. */
  readonly acks: readonly AckRow[];
}

/** "I, a voter of this epoch, have seen this counter of that run": explicit, never inferred from the list (R5). */
export interface AckRow {
  readonly tag: Tag;
  readonly counter: number;
  readonly epoch: number;
}

/** UDP: acks to one that no beat is due to. */
export interface Ack {
  readonly kind: 'ack';
  readonly acks: readonly AckRow[];
  /** To one that does not vote: beat again after so long, when the voters are awake anyway. 0: whenever it likes. */
  readonly againMs: number;
}

/** UDP: a packet of another member, whole, on its way to a member that it cannot reach itself; at most two hops. */
export interface Relayed {
  readonly kind: 'relayed';
  readonly hops: number;
  readonly originSender: Tag;
  readonly originCounter: number;
  readonly originRecordVersion: number;
  /** Whom it is for; null: for every voter. */
  readonly target: NodeId | null;
  readonly inner: Beat | Ack | Prepare | Promised | Nack | Accept | Accepted | Deltas | Ping | Pong;
}

// ── the record (R2, R3) ──

/** Phase 1, and the fresh poll of R9: how long have you not seen these? */
export interface Prepare {
  readonly kind: 'prepare';
  readonly version: number;
  readonly ballot: Ballot;
  readonly suspects: readonly Condemned[];
}

export interface Promised {
  readonly kind: 'promise';
  readonly version: number;
  readonly ballot: Ballot;
  readonly accepted: { readonly ballot: Ballot; readonly change: Change } | null;
  readonly dwellLeftMs: number;
  /** One for each suspect, in order. */
  readonly idleMs: readonly number[];
}

export interface Nack {
  readonly kind: 'nack';
  readonly version: number;
  readonly ballot: Ballot;
  readonly promised: Ballot;
}

export interface Accept {
  readonly kind: 'accept';
  readonly version: number;
  readonly ballot: Ballot;
  readonly change: Change;
}

export interface Accepted {
  readonly kind: 'accepted';
  readonly version: number;
  readonly ballot: Ballot;
  /** One for each that the change condemns, in order: since the first sight of the newest counter that was acked. */
  readonly idleMs: readonly number[];
}

/** UDP: decided changes, from version `base` on; each with the wait that remains before what it condemns may be announced (R9). */
export interface Deltas {
  readonly kind: 'deltas';
  readonly base: number;
  readonly changes: readonly { readonly change: Change; readonly waitMs: number }[];
}

/** TCP: "I hold this version; what has been decided since?" */
export interface AskRecord {
  readonly kind: 'ask-record';
  readonly clusterId: ClusterId;
}

export interface WholeRecord {
  readonly kind: 'whole-record';
  readonly clusterId: ClusterId;
  readonly record: ClusterRecord;
  /** What still has to be waited for before it is announced; whoever is not in it was announced. */
  readonly waits: readonly { readonly id: NodeId; readonly waitMs: number }[];
}

/** UDP: "do you, a voter, still ack this run?" (`--confirm`). */
export interface Confirm {
  readonly kind: 'confirm';
  readonly nonce: number;
}

export interface Confirmed {
  readonly kind: 'confirmed';
  readonly nonce: number;
  readonly epoch: number;
  readonly counter: number;
}

/** UDP, from a voter that started: "what is the highest that you saw of me?" Until a majority has said, it neither acks nor votes (R14). */
export interface Recall {
  readonly kind: 'recall';
}

export interface Recalled {
  readonly kind: 'recalled';
  readonly tag: Tag;
  readonly incarnation: number;
  readonly writeCount: number;
}

/** UDP, to a voter: a wish that only voters can propose (R10, R11). Idempotent; asked again until it shows in the record. */
export interface Request {
  readonly kind: 'request';
  readonly wish: { readonly kind: 'remove-voter' | 'add-voter' | 'forget'; readonly id: NodeId };
}

/** TCP, between nodes without a cluster (`--expect N`, R12): the votes seen so far. */
export interface Vote {
  readonly kind: 'vote';
  readonly clusterName: string;
  readonly entry: MemberEntry;
  readonly storeId: string;
  readonly expected: number;
  /** Who voted for which set of ids; each votes once and never changes it. */
  readonly votes: readonly { readonly id: NodeId; readonly storeId: string; readonly ids: readonly NodeId[] }[];
}
