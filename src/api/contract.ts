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
  readonly record: { readonly version: number; readonly epoch: number } | null;
  readonly members: {
    readonly alive: number;
    readonly suspect: number;
    readonly failed: number;
    readonly left: number;
    readonly stopped: number;
  };
  readonly fence: { readonly since: string; readonly reason: string; readonly message: string; readonly evidence: unknown } | null;
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

export interface LeaseJson {
  readonly remainingMs: number;
  readonly fenceMs: number;
  readonly failMs: number;
}

export interface LeaderJson {
  readonly name: string;
  readonly token: number;
  readonly isSelf: boolean;
}

export interface MembersJson {
  readonly index: number;
  readonly self: string;
  readonly quorate: boolean;
  readonly members: readonly MemberJson[];
}

export interface MemberJson {
  readonly name: string;
  readonly id: string;
  readonly address: string;
  readonly state: 'alive' | 'suspect' | 'failed' | 'left' | 'stopped';
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

export type EventTypeJson =
  | 'member-joined'
  | 'member-suspect'
  | 'member-alive'
  | 'member-failed'
  | 'member-left'
  | 'member-stopped'
  | 'member-updated'
  | 'quorate'
  | 'fenced'
  | 'fence-failed'
  | 'leader-changed'
  | 'record-changed'
  | 'lost';

export interface EventJson {
  readonly id: number;
  readonly time: string;
  readonly type: EventTypeJson;
  readonly member?: string;
  readonly incarnation?: number;
  readonly address?: string;
  readonly reason?: string;
  /** Of `lost`: how many events this reader will not see; absent when nobody can know. */
  readonly count?: number;
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

export interface VersionJson {
  readonly version: string;
  readonly node: string;
  readonly protocol: number;
}
