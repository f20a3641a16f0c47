// The types of what tests use of draw.mjs.

export interface Drawable {
  /** By contender and size; absent when nothing was measured side by side. */
  readonly sideBySide?: Readonly<Record<'quorate' | 'serf', Readonly<Record<string, Readonly<Record<string, number>>>>>>;
}

/** The text of an SVG. Throws when there is nothing to draw. */
export declare function drawChart(measured: Drawable): string;
