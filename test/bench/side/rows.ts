// The rows of the table side by side: what is measured of each contender at each size, and which of it has a bound to reach.
// The bounds are the project's own; where one says "as the peer", it is serf's figure of the same run.

export const KEYS = [
  'convergedS',
  'convergedAfterLastS',
  'cpuMean',
  'cpuVoters',
  'cpuHighest',
  'rssMiB',
  'pssMiB',
  'rssRatio',
  'bytesPerS',
  'packetsPerS',
  'voterBytesPerS',
  'suspectFirstS',
  'suspectLastS',
  'failedFirstS',
  'failedLastS',
  'crashWrong',
  'leaveLastS',
  'pauseFailed',
  'pauseWrongSuspects',
  'loadFailed',
  'loadWrongSuspects',
  'loadFences',
  'membersPerS',
  'membersP50Ms',
  'membersP99Ms',
  'coldMs',
  'coldRatio',
] as const;
export type Key = (typeof KEYS)[number];

/** What could not be measured, or does not exist there, is absent. */
export type Measured = Partial<Record<Key, number>>;

export type Bound = number | 'as the peer';

export interface Row {
  readonly key: Key;
  readonly title: string;
  readonly unit: string;
  /** Which way is better; none: it is told, not judged. */
  readonly better: 'less' | 'more' | null;
  readonly bound: (count: number) => Bound | null;
}

const none = (): null => null;
const everywhere = (bound: Bound) => (): Bound => bound;
/** What a voter does grows with the members, so its bounds are for so many. */
const VOTERS_BOUND_TO = 50;
const ofVoters =
  (bound: Bound) =>
  (count: number): Bound | null =>
    count <= VOTERS_BOUND_TO ? bound : null;

const TEXTS: Readonly<Record<Key, Omit<Row, 'key'>>> = {
  convergedS: { title: 'all views complete, after the first exec', unit: 's', better: 'less', bound: everywhere(10) },
  convergedAfterLastS: { title: 'all views complete, after the last exec', unit: 's', better: 'less', bound: none },
  cpuMean: { title: 'idle CPU per agent, mean', unit: '%', better: 'less', bound: everywhere(0.3) },
  cpuVoters: { title: 'idle CPU, mean of the voters', unit: '%', better: 'less', bound: ofVoters(0.6) },
  cpuHighest: { title: 'idle CPU, highest', unit: '%', better: 'less', bound: none },
  rssMiB: { title: 'RSS per agent, mean', unit: 'MiB', better: 'less', bound: none },
  pssMiB: { title: 'PSS per agent, mean', unit: 'MiB', better: 'less', bound: none },
  rssRatio: { title: 'RSS ÷ an empty Node process', unit: '×', better: 'less', bound: everywhere(1.35) },
  bytesPerS: { title: 'IP bytes sent per agent, mean', unit: 'B/s', better: 'less', bound: everywhere(1000) },
  packetsPerS: { title: 'packets sent per agent, mean', unit: '/s', better: 'less', bound: none },
  voterBytesPerS: { title: 'IP bytes sent, mean of the voters', unit: 'B/s', better: 'less', bound: ofVoters(3000) },
  suspectFirstS: { title: 'crash suspected by the first', unit: 's', better: 'less', bound: none },
  suspectLastS: { title: 'crash suspected by the last', unit: 's', better: 'less', bound: (count) => (count <= 10 ? 1.8 : 2.5) },
  failedFirstS: { title: 'crash told as failed by the first', unit: 's', better: 'less', bound: none },
  failedLastS: { title: 'crash told as failed by the last', unit: 's', better: 'less', bound: everywhere(5.5) },
  crashWrong: { title: 'failed verdicts about others, after crashes', unit: '', better: 'less', bound: everywhere(0) },
  leaveLastS: { title: 'leave seen by the last', unit: 's', better: 'less', bound: none },
  pauseFailed: { title: '3 s pause of one: failed verdicts', unit: '', better: 'less', bound: everywhere(0) },
  pauseWrongSuspects: { title: '3 s pause of one: others suspected', unit: '', better: 'less', bound: none },
  loadFailed: { title: 'full CPU load: failed verdicts', unit: '', better: 'less', bound: everywhere(0) },
  loadWrongSuspects: { title: 'full CPU load: suspicions', unit: '', better: 'less', bound: none },
  loadFences: { title: 'full CPU load: fences', unit: '', better: 'less', bound: everywhere(0) },
  membersPerS: { title: '`members` over one connection', unit: '/s', better: 'more', bound: everywhere('as the peer') },
  membersP50Ms: { title: '`members`, p50', unit: 'ms', better: 'less', bound: none },
  membersP99Ms: { title: '`members`, p99', unit: 'ms', better: 'less', bound: everywhere(1) },
  coldMs: { title: 'CLI `members`, cold', unit: 'ms', better: 'less', bound: none },
  coldRatio: { title: 'CLI `members` ÷ `node -e 0`', unit: '×', better: 'less', bound: everywhere(1.4) },
};

export const ROWS: readonly Row[] = KEYS.map((key) => ({ key, ...TEXTS[key] }));
