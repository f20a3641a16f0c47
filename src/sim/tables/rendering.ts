// A table as text: what was measured in columns, then one line of JSON with the same numbers, and what was expected and did not come out.

import { type Figures, mean, percentile, TCP_HEADER_BYTES, TCP_PACKETS_A_SIDE, UDP_HEADER_BYTES } from '../census/index.ts';
import type { Row, Table } from './table.ts';

type Cell = number | string;
type Summary = Readonly<Record<string, number | null>>;

export interface Rendered {
  readonly lines: readonly string[];
  readonly failures: readonly string[];
}

/** `rows` and `sums` in the same order. */
export function renderTable(table: Table, seed: number, rows: readonly Row[], sums: readonly Figures[]): Rendered {
  const summaries = sums.map(summaryOf);
  const columns = COLUMNS.filter(({ show }) => summaries.some((summary) => show(summary) !== ''));
  const cells: Cell[][] = [
    [table.name, 'runs', ...columns.map(({ title }) => title)],
    ...rows.map((row, i) => [row.label, summaries[i]!.runs!, ...columns.map(({ show }) => show(summaries[i]!))]),
  ];
  const failures = rows.flatMap((row, i) => failuresOf(row, sums[i]!).map((failure) => `${table.name}, ${row.label}: ${failure}`));
  const json = { table: table.name, seed, rows: rows.map((row, i) => ({ row: row.label, nodes: row.nodes, ...summaries[i]! })) };
  return { lines: [...aligned(cells), `${table.note}.`, FOOT, JSON.stringify(json)], failures };
}

const FOOT = [
  'Wrong: about a member that runs and whose links are whole, and has been so for 2 T_fail; suspicions count once an observer, verdicts once a life.',
  'Seconds are virtual; p50 and p99 are over victims and runs, a suspicion that never came before the verdict counts as that.',
  `Sent by a member in a second, mean/p99/max: datagrams as encoded + ${UDP_HEADER_BYTES} bytes; of TCP the contents, with an estimate of ${TCP_PACKETS_A_SIDE} packets a side, one a segment and ${TCP_HEADER_BYTES} bytes a packet.`,
  'Views: changes of the record, but for those that name the next leader.',
  'Rules asked meanwhile: one chain of records, failed means over, one leader, one interval a life, no foreign record, no needless exit.',
].join('\n');

function failuresOf(row: Row, figures: Figures): string[] {
  return [...figures.violations, ...row.claims.flatMap((claim) => claim(figures) ?? [])];
}

function summaryOf(figures: Figures): Summary {
  const { opinions, bytes, packets, views } = figures;
  return {
    runs: views.length,
    ...percentiles('suspectedMs', figures.suspectedMs),
    ...percentiles('failedMs', figures.failedMs),
    ...percentiles('shownMs', figures.shownMs),
    ...percentiles('quorateMs', figures.quorateMs),
    ...opinions,
    bytesMean: finite(mean(bytes)),
    bytesP99: finite(percentile(bytes, 0.99)),
    bytesMax: finite(percentile(bytes, 1)),
    packetsMean: finite(mean(packets)),
    packetsP99: finite(percentile(packets, 0.99)),
    packetsMax: finite(percentile(packets, 1)),
    viewsMean: finite(mean(views)),
    viewsMax: finite(percentile(views, 1)),
  };
}

/** Of nothing: nothing. Null: so many never came to that. */
function percentiles(name: string, values: readonly (number | null)[]): Summary {
  if (values.length === 0) return {};
  return { [`${name}P50`]: finite(percentile(values, 0.5)), [`${name}P99`]: finite(percentile(values, 0.99)) };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? Math.round(value * 100) / 100 : null;
}

const COLUMNS: readonly { readonly title: string; readonly show: (summary: Summary) => string }[] = [
  { title: 'suspected p50/p99 s', show: (of) => times(of, 'suspectedMs') },
  { title: 'failed p50/p99 s', show: (of) => times(of, 'failedMs') },
  { title: 'shown p50/p99 s', show: (of) => times(of, 'shownMs') },
  { title: 'quorate p50/p99 s', show: (of) => times(of, 'quorateMs') },
  { title: 'suspicions/wrong/by healthy', show: (of) => `${of.suspicions} / ${of.wrongSuspicions} / ${of.wrongByHealthy}` },
  { title: 'verdicts/wrong', show: (of) => `${of.verdicts} / ${of.wrongVerdicts}` },
  { title: 'bytes/s', show: (of) => three(of, 'bytes', 0) },
  { title: 'packets/s', show: (of) => three(of, 'packets', 1) },
  { title: 'views', show: (of) => `${of.viewsMean?.toFixed(1)}, max ${of.viewsMax}` },
];

function times(of: Summary, name: string): string {
  const p50 = of[`${name}P50`];
  if (p50 === undefined) return '';
  const inSeconds = (ms: number | null | undefined): string => (ms === null || ms === undefined ? 'never' : (ms / 1000).toFixed(2));
  return `${inSeconds(p50)} / ${inSeconds(of[`${name}P99`])}`;
}

function three(of: Summary, name: string, digits: number): string {
  return [of[`${name}Mean`], of[`${name}P99`], of[`${name}Max`]].map((value) => value?.toFixed(digits) ?? '-').join(' / ');
}

function aligned(cells: readonly (readonly Cell[])[]): string[] {
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => String(row[column]).length)));
  return cells.map((row) =>
    row
      .map((cell, column) => (column === 0 ? String(cell).padEnd(widths[column]!) : String(cell).padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}
