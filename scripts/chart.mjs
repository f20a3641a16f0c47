// `npm run chart [-- FROM.json TO.svg]`: draws the chart of the README from what `npm run bench -- --json=FROM.json` measured.
// Without words: from the figures that the tree holds to the picture beside them.

import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { drawChart } from './draw.mjs';
import { commandLine, text } from './flags.mjs';
import { root } from './setup.mjs';

const HELP = `
npm run chart [-- FROM.json TO.svg]

Draws what \`npm run bench -- --only=side-by-side --json=FROM.json\` measured at two sizes or more. Without files: from
test/bench/measured/side-by-side.json to side-by-side.svg beside it, which the README shows.
Exit 0 when it is drawn, 1 when it cannot be, 64 for usage.
`;

const measured = join(root, 'test', 'bench', 'measured');
const line = commandLine({ npm: 'run chart', help: HELP, flags: {}, words: { kind: text('FILE'), max: 2 } });
const [from = join(measured, 'side-by-side.json'), to = join(measured, 'side-by-side.svg')] = line.words;

try {
  writeFileSync(to, drawChart(JSON.parse(readFileSync(from, 'utf8'))));
  process.stdout.write(`drawn: ${relative('', to)}\n`);
} catch (error) {
  process.stderr.write(`chart: ${from} cannot be drawn to ${to}: ${error.message}\n`);
  process.exitCode = 1;
}
