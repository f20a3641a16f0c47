// Draws what `npm run bench` measured side by side as an SVG: how fast a crash is noticed, and what an agent sends, against the
// number of agents. Pure: the same figures give the same bytes. Nothing is told by colour alone: each series has a marker and a
// dash of its own. The background is the picture's own, so that it reads the same on a light and on a dark page.

const WIDTH = 880;
const HEIGHT = 372;
const PLOT = { top: 118, height: 188, width: 340 };
const INK = '#1f2430';
const FAINT = '#5c6370';
const GRID = '#dfe3ea';

/** Colours that the colour-blind tell apart (Okabe and Ito). */
const PANELS = [
  {
    left: 66,
    title: 'A crash is noticed by the last survivor',
    axis: 'seconds after kill -9, median',
    unit: 's',
    series: [
      { name: 'serf: failed', of: 'serf', key: 'failedLastS', colour: '#d55e00', dash: '7 4', marker: 'square' },
      { name: 'quorate: failed', of: 'quorate', key: 'failedLastS', colour: '#0072b2', dash: '', marker: 'circle' },
      { name: 'quorate: suspect', of: 'quorate', key: 'suspectLastS', colour: '#007a5a', dash: '2 4', marker: 'triangle' },
    ],
  },
  {
    left: 506,
    title: 'What an idle agent sends',
    axis: 'IP bytes a second, mean of all agents',
    unit: 'B/s',
    series: [
      { name: 'serf', of: 'serf', key: 'bytesPerS', colour: '#d55e00', dash: '7 4', marker: 'square' },
      { name: 'quorate', of: 'quorate', key: 'bytesPerS', colour: '#0072b2', dash: '', marker: 'circle' },
    ],
  },
];

/** `measured`: what `--json` wrote. */
export function drawChart(measured) {
  const compared = measured.sideBySide;
  if (compared === undefined) throw new Error('these figures hold nothing that was measured side by side');
  const sizes = Object.keys(compared.quorate)
    .map(Number)
    .sort((a, b) => a - b);
  if (sizes.length < 2) throw new Error('a chart against the number of agents takes at least two sizes');
  const alt = 'Two charts against the number of agents: seconds until a crash is noticed, and bytes that an agent sends a second';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${alt}" font-family="system-ui, 'DejaVu Sans', Helvetica, Arial, sans-serif" font-size="13">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" rx="8" fill="#ffffff" stroke="${GRID}"/>`,
    ...PANELS.flatMap((panel) => drawPanel(panel, compared, sizes)),
    '</svg>',
    '',
  ].join('\n');
}

function drawPanel({ left, title, axis, unit, series }, compared, sizes) {
  const lines = series
    .map((one) => ({ ...one, points: pointsOf(compared[one.of], one.key, sizes) }))
    .filter(({ points }) => points.length > 0);
  const ticks = ticksUpTo(Math.max(...lines.flatMap(({ points }) => points.map(({ value }) => value))));
  const top = ticks.at(-1);
  const bottom = PLOT.top + PLOT.height;
  const yOf = (value) => bottom - (value / top) * PLOT.height;
  // Equal steps for equal factors, with room at both ends.
  const span = Math.log(sizes.at(-1) / sizes[0]);
  const xOf = (size) => left + 24 + (Math.log(size / sizes[0]) / span) * (PLOT.width - 48);
  return [
    '<g>',
    text(left, 32, title, `font-size="15" font-weight="600" fill="${INK}"`),
    ...lines.flatMap((line, i) => legend(line, left + (i % 2) * 170, 58 + Math.floor(i / 2) * 20)),
    text(left, PLOT.top - 10, axis, `font-size="12" fill="${FAINT}"`),
    ...ticks.flatMap((tick) => [
      `<line x1="${left}" y1="${at(yOf(tick))}" x2="${left + PLOT.width}" y2="${at(yOf(tick))}" stroke="${tick === 0 ? FAINT : GRID}"/>`,
      text(left - 8, yOf(tick) + 4, shown(tick), `text-anchor="end" font-size="12" fill="${FAINT}"`),
    ]),
    ...sizes.flatMap((size) => [
      `<line x1="${at(xOf(size))}" y1="${bottom}" x2="${at(xOf(size))}" y2="${bottom + 5}" stroke="${FAINT}"/>`,
      text(xOf(size), bottom + 20, String(size), `text-anchor="middle" font-size="12" fill="${FAINT}"`),
    ]),
    text(left + PLOT.width / 2, bottom + 42, 'agents, logarithmic', `text-anchor="middle" font-size="12" fill="${FAINT}"`),
    ...lines.flatMap((line) => drawSeries(line, xOf, yOf, unit)),
    '</g>',
  ];
}

function drawSeries({ name, colour, dash, marker, points }, xOf, yOf, unit) {
  const way = points.map(({ size, value }) => `${at(xOf(size))},${at(yOf(value))}`).join(' ');
  return [
    `<polyline points="${way}" fill="none" stroke="${colour}" stroke-width="2"${dashed(dash)}/>`,
    ...points.map(({ size, value }) => mark(marker, xOf(size), yOf(value), colour, `${name}, ${size} agents: ${shown(value)} ${unit}`)),
  ];
}

function legend({ name, colour, dash, marker }, x, y) {
  return [
    `<line x1="${x}" y1="${y}" x2="${x + 30}" y2="${y}" stroke="${colour}" stroke-width="2"${dashed(dash)}/>`,
    mark(marker, x + 15, y, colour, name),
    text(x + 38, y + 4, name, `fill="${INK}"`),
  ];
}

function mark(shape, x, y, colour, title) {
  const shapes = {
    circle: `<circle cx="${at(x)}" cy="${at(y)}" r="4.5"`,
    square: `<rect x="${at(x - 4)}" y="${at(y - 4)}" width="8" height="8"`,
    triangle: `<path d="M${at(x)} ${at(y - 5.5)}L${at(x + 5.5)} ${at(y + 4)}L${at(x - 5.5)} ${at(y + 4)}Z"`,
  };
  return `${shapes[shape]} fill="${colour}" stroke="#ffffff"><title>${title}</title></${/^<(\w+)/.exec(shapes[shape])[1]}>`;
}

function text(x, y, words, style) {
  return `<text x="${at(x)}" y="${at(y)}" ${style}>${words}</text>`;
}

function dashed(dash) {
  return dash === '' ? '' : ` stroke-dasharray="${dash}"`;
}

/** What was not measured at a size is left out, and the line goes on to the next. */
function pointsOf(bySize, key, sizes) {
  return sizes.flatMap((size) => {
    const value = bySize?.[size]?.[key];
    return value === undefined ? [] : [{ size, value }];
  });
}

/** From 0 in steps of 1, 2 or 5 times a power of ten, at most seven of them, the last above everything. */
function ticksUpTo(highest) {
  const rough = highest / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough);
  const count = Math.floor(highest / step) + 1;
  return Array.from({ length: count + 1 }, (_, i) => i * step);
}

function at(length) {
  return String(Number(length.toFixed(1)));
}

function shown(value) {
  return value >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}
