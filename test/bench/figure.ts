// What a benchmark hands back, and the table and the line that are made of it.

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target: Target | null;
}

export type Target = { readonly kind: 'at-most'; readonly bound: number } | { readonly kind: 'at-least'; readonly bound: number };

export const atMost = (bound: number): Target => ({ kind: 'at-most', bound });
export const atLeast = (bound: number): Target => ({ kind: 'at-least', bound });

/** `quick` measures the same things for a shorter time: for a look, not for the README. */
export type Scale = 'full' | 'quick';

export interface Benchmark {
  readonly name: string;
  readonly measure: (scale: Scale) => Promise<readonly Figure[]>;
}

export function isMet({ value, target }: Figure): boolean {
  if (target === null) return true;
  return target.kind === 'at-most' ? value <= target.bound : value >= target.bound;
}

export function table(figures: readonly Figure[]): string {
  const rows = [
    ['figure', 'measured', 'target', ''],
    ...figures.map((figure) => [
      figure.name,
      `${rounded(figure.value)} ${figure.unit}`.trim(),
      figure.target === null ? '' : `${figure.target.kind === 'at-most' ? '≤' : '≥'} ${rounded(figure.target.bound)}`,
      figure.target === null ? '' : isMet(figure) ? 'met' : 'MISSED',
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function rounded(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}
