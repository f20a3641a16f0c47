// What an agent is started with, after flags, environment and file have been put together (cli/ does that) and checked.

import type { EventType, ProfileName } from '../core/index.ts';

export type Start =
  /** A new cluster, if the state directory is empty; else what is there goes on. */
  | { readonly kind: 'init' }
  | { readonly kind: 'join' }
  /** A new cluster of one on loopback with a temporary state directory, unless there are seeds. */
  | { readonly kind: 'dev' }
  /** None of the flags: go on with the state directory; an empty one is a usage error. */
  | { readonly kind: 'resume' };

/** A command to run at events (INTERFACE, Hooks). */
export interface HookOptions {
  readonly events: readonly EventType[];
  /** Program and arguments, run without a shell; or one text for `sh -c`. */
  readonly command: { readonly kind: 'program'; readonly words: readonly string[] } | { readonly kind: 'shell'; readonly text: string };
  readonly timeoutMs: number;
}

export interface AgentOptions {
  readonly start: Start;
  readonly seeds: readonly string[];
  readonly name: string;
  /** Host and port to bind; host null is every address; port 0 lets the system choose. */
  readonly bind: { readonly host: string | null; readonly port: number };
  /** ADDR:PORT, ADDR, or @interface; null leaves the choice to the rule of advertise.ts. */
  readonly advertise: string | null;
  readonly clusterName: string;
  readonly profile: ProfileName;
  /** Of a new cluster. */
  readonly maxVoters: number;
  /** `--expect N`: a new cluster of exactly N agents that have no state yet, by their unanimous vote. */
  readonly expect: number | null;
  readonly zone: string;
  readonly tags: readonly (readonly [key: string, value: string])[];
  readonly canVote: boolean;
  readonly canLead: boolean;
  readonly hooks: readonly HookOptions[];
  /** Null: the first of the search order that may be created. */
  readonly socketPath: string | null;
  /** Null: the default for this user; a temporary one with `dev`. */
  readonly stateDir: string | null;
  readonly isInsecure: boolean;
  readonly logLevel: string;
  readonly configFile: string | null;
  /** Every setting with its value and where it came from (`flag`, `environment QUORATE_X`, `file PATH:LINE`, `default`). */
  readonly settings: Readonly<Record<string, { readonly value: unknown; readonly from: string }>>;
}
