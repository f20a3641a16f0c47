// The JSON that the Unix socket speaks: binding names and shapes. No import, so that a client needs nothing else.

export interface StatusJson {
  readonly name: string;
  readonly id: string;
  readonly cluster: string;
  readonly clusterId: string | null;
  readonly incarnation: number;
  readonly standing: 'joining' | 'quorate' | 'fenced' | 'fence-failed' | 'leaving' | 'left';
  readonly quorum: QuorumJson | null;
  readonly lease: LeaseJson | null;
  readonly leader: LeaderJson | null;
  readonly record: RecordJson | null;
  readonly members: {
    readonly alive: number;
    readonly suspect: number;
    readonly failed: number;
    readonly left: number;
    readonly stopped: number;
  };
  readonly fence: FenceJson | null;
  readonly problems: readonly { readonly code: string; readonly message: string; readonly hint: string }[];
  readonly uptimeMs: number;
  /** What peers are told to reach this agent at. */
  readonly address: string;
  readonly version: string;
  readonly profile: string;
  /** The socket that answered. */
  readonly socket: string;
}

export interface QuorumJson {
  readonly voters: number;
  readonly needed: number;
  readonly acking: number;
  readonly canLose: number;
  readonly isVoter: boolean;
}

/** `remainingMs` is 0 when not quorate; `stopMs` is what children get from the end of the lease to their own. */
export interface LeaseJson {
  readonly remainingMs: number;
  readonly fenceMs: number;
  readonly failMs: number;
  readonly stopMs: number;
}

export interface RecordJson {
  readonly version: number;
  readonly epoch: number;
  readonly maxVoters: number;
  /** `ackAgeMs`: how old the newest ack of that voter is that this node counts; null when there is none. */
  readonly voters: readonly { readonly id: string; readonly name: string; readonly ackAgeMs: number | null }[];
}

/** The present or last fencing. */
export interface FenceJson {
  readonly since: string;
  readonly reason: string;
  readonly message: string;
  /** Per voter, how old its newest ack was. */
  readonly evidence: readonly { readonly voter: string; readonly ackAgeMs: number | null }[];
}

export interface LeaderJson {
  readonly name: string;
  readonly token: number;
  readonly isSelf: boolean;
}

/** GET /v1/quorum while quorate; else it is a problem with status 503. */
export interface QuorumDocumentJson {
  readonly quorate: true;
  readonly standing: StatusJson['standing'];
  readonly quorum: QuorumJson | null;
  readonly lease: LeaseJson;
}

/** GET /v1/leader: always 200; `{"leader":null}` while none is known. */
export interface LeaderDocumentJson {
  readonly leader: LeaderJson | null;
}

export interface MembersJson {
  readonly index: number;
  readonly self: string;
  readonly quorate: boolean;
  readonly members: readonly MemberJson[];
}

export const MEMBER_STATES_SHOWN = ['alive', 'suspect', 'failed', 'left', 'stopped'] as const;
export type MemberStateJson = (typeof MEMBER_STATES_SHOWN)[number];

export interface MemberJson {
  readonly name: string;
  readonly id: string;
  readonly address: string;
  readonly state: MemberStateJson;
  readonly incarnation: number;
  readonly counter: number;
  readonly ageMs: number;
  readonly phi: number | null;
  readonly rttMs: number | null;
  readonly voter: boolean;
  readonly leader: boolean;
  readonly zone: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly version: string;
  readonly since: string;
}

export const EVENT_TYPES = [
  'member-joined',
  'member-suspect',
  'member-alive',
  'member-failed',
  'member-left',
  'member-stopped',
  'member-updated',
  'udp-blocked',
  'tcp-blocked',
  'unblocked',
  'quorate',
  'fenced',
  'fence-failed',
  'leader-changed',
  'record-changed',
  'lost',
] as const;
export type EventTypeJson = (typeof EVENT_TYPES)[number];

export interface EventJson {
  readonly id: number;
  readonly time: string;
  readonly type: EventTypeJson;
  readonly member?: string;
  readonly incarnation?: number;
  readonly address?: string;
  readonly reason?: string;
  /** Of `leader-changed`; null when there is none now. */
  readonly leader?: string | null;
  readonly token?: number | null;
  readonly isSelf?: boolean;
  /** Of `record-changed`. */
  readonly version?: number;
  readonly epoch?: number;
  /** Of `lost`: how many events this reader will not see; absent when nobody can know. */
  readonly count?: number;
}

export const LEASE_SCOPES = ['quorate', 'leader'] as const;
export type LeaseScopeJson = (typeof LEASE_SCOPES)[number];

/**
 * A line of GET /v1/lease, and the answer of POST /v1/lease/renew {"client":…}. `grant` and `renew` say how much of the lease
 * was left when they were written: a deadline is the moment the request for it was SENT + remainingMs, and who wants a later
 * one than its first asks by /renew. `wait`: nothing is granted yet. `revoke`: it is over now.
 */
export type LeaseLineJson = LeaseHeldJson | LeaseNotHeldJson;

export interface LeaseHeldJson {
  readonly type: 'grant' | 'renew';
  readonly client: string;
  readonly remainingMs: number;
  readonly fenceMs: number;
  readonly stopMs: number;
  readonly node: string;
  readonly incarnation: number;
  readonly token: number | null;
}

export interface LeaseNotHeldJson {
  readonly type: 'wait' | 'revoke';
  readonly client: string;
  readonly remainingMs: 0;
  readonly fenceMs: number;
  readonly stopMs: number;
  readonly node: string;
  readonly reason: string;
}

/** RFC 9457, plus what to do. */
export interface ProblemJson {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly hint: string;
}

/** GET /v1/config: each setting as it took effect, with where it came from. */
export interface ConfigJson {
  readonly settings: Readonly<Record<string, { readonly value: unknown; readonly from: string }>>;
  readonly boundAddress: string;
  readonly socket: string;
}

/** The answer to a wish that has nothing more to tell. */
export interface DoneJson {
  readonly done: true;
}

/** The body of PUT /v1/tags is the inner object: it replaces all tags. */
export interface TagsJson {
  readonly tags: Readonly<Record<string, string>>;
}

/** What a member may bear; the core refuses more. */
export const TAG_LIMITS = { count: 64, keyBytes: 128, keyAndValueBytes: 1024 } as const;

export interface ReloadJson {
  readonly changed: readonly string[];
  readonly needsRestart: readonly string[];
}

/** Both as they are in force now; empty lists: nothing is dropped. */
export interface PartitionJson {
  readonly dropIn: readonly string[];
  readonly dropOut: readonly string[];
}

export interface LogLevelJson {
  readonly level: string;
}

/** GET /v1/prometheus/sd?port=: Prometheus' http_sd format. */
export type DiscoveryJson = readonly { readonly targets: readonly string[]; readonly labels: Readonly<Record<string, string>> }[];

export interface VersionJson {
  readonly version: string;
  readonly node: string;
  readonly protocol: number;
}
