// Why a seed did not help: the kinds there are, each in words, and what to do about it. The one place where the short words of
// sockets become sentences. That something went wrong is noted in admission.ts and kept in seeds.ts.

import { assertNever } from '../assert.ts';
import { EXCHANGE_TIMEOUT_MS } from './voice.ts';

export type Difficulty =
  /** `problem` is the resolver's sentence. */
  | { readonly kind: 'lookup'; readonly problem: string }
  /** Nobody there but this agent. */
  | { readonly kind: 'itself' }
  /** `reason` is the transport's word, or the system's. */
  | { readonly kind: 'unanswered'; readonly reason: string }
  | { readonly kind: 'no-cluster' }
  | { readonly kind: 'cluster-name'; readonly theirs: string; readonly ours: string }
  | { readonly kind: 'other-cluster'; readonly clusterId: string };

/** Silence may be a firewall's; every other failure is somebody's answer. */
const SILENT: ReadonlySet<string> = new Set(['timeout', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);

const UNREADABLE = 'its answer cannot be read: is that an agent?';
const WORDS: Readonly<Record<string, string>> = {
  timeout: `no answer within ${EXCHANGE_TIMEOUT_MS / 1000} s: is a firewall between, or the host down?`,
  ETIMEDOUT: 'no answer: is a firewall between, or the host down?',
  ECONNREFUSED: 'connection refused: no agent listens there',
  ECONNRESET: 'the connection was broken off',
  EPIPE: 'the connection was broken off',
  closed: 'the connection was closed without an answer: is that an agent?',
  EHOSTUNREACH: 'the host cannot be reached: is it down, or is there no way to it?',
  ENETUNREACH: 'this host has no route to there',
  EADDRNOTAVAIL: 'the address that is bound here is gone',
  EINVAL: 'there is no way to there from the address that is bound here',
  EACCES: 'this host does not let the connection out: is it a firewall here?',
  EPERM: 'this host does not let the connection out: is it a firewall here?',
  EMFILE: 'this process has no file descriptor left',
  ENFILE: 'this host has no file descriptor left',
  'unsuitable-address': 'no agent can be at that address',
  'not-quorate': UNREADABLE,
  'too-short': UNREADABLE,
  'too-long': UNREADABLE,
  excess: UNREADABLE,
  malformed: UNREADABLE,
  'out-of-bounds': UNREADABLE,
  'unsupported-version': 'the agent there speaks another version of the protocol',
  'unknown-kind': 'the agent there speaks a newer version of the protocol',
  sealed: 'the agent there seals its packets, and this one has no key',
};

/** Whether it is the silence of a host, and not a word of anybody. */
export function isSilence(reason: string): boolean {
  return SILENT.has(reason);
}

export function inWords(difficulty: Difficulty): string {
  switch (difficulty.kind) {
    case 'lookup':
      return difficulty.problem;
    case 'itself':
      return 'is this agent itself';
    case 'unanswered':
      return WORDS[difficulty.reason] ?? `the question failed (${difficulty.reason})`;
    case 'no-cluster':
      return 'is not in a cluster yet itself';
    case 'cluster-name':
      return `its cluster is named "${difficulty.theirs}", this agent was told --cluster ${difficulty.ours}`;
    case 'other-cluster':
      return `belongs to another cluster, ${difficulty.clusterId}`;
    default:
      return assertNever(difficulty);
  }
}

const NAME_ANOTHER = 'or name another seed: quorate join HOST[:PORT]';

/** For all of them together: about the one that only a person can mend, else about the one that tells most. */
export function whatToDo(difficulties: readonly Difficulty[], seeds: readonly string[]): string {
  const first = <K extends Difficulty['kind']>(kind: K): Extract<Difficulty, { kind: K }> | undefined =>
    difficulties.find((one): one is Extract<Difficulty, { kind: K }> => one.kind === kind);
  const keepsTrying = seeds.length === 0 ? 'it keeps trying' : `it keeps trying ${seeds.join(', ')}`;

  const misnamed = first('cluster-name');
  if (misnamed !== undefined)
    return `${keepsTrying}; start this agent with --cluster ${misnamed.theirs}, or name a seed of cluster ${misnamed.ours}: quorate join HOST[:PORT]`;
  if (first('no-cluster') !== undefined)
    return `${keepsTrying}; the first agent of a cluster, and no other, is started by: quorate agent --init`;
  if (difficulties.some((one) => one.kind === 'unanswered' && isSilence(one.reason)))
    return `${keepsTrying}; let TCP and UDP pass to that port, start an agent there, ${NAME_ANOTHER}`;
  if (first('unanswered') !== undefined) return `${keepsTrying}; start an agent there, ${NAME_ANOTHER}`;
  if (first('lookup') !== undefined) return `${keepsTrying}; correct the name or the name service, ${NAME_ANOTHER}`;
  if (first('itself') !== undefined)
    return 'the first agent of a cluster is started by: quorate agent --init; every other one names a host of it: quorate agent --join HOST';
  return `${keepsTrying}; start an agent there, ${NAME_ANOTHER}`;
}
