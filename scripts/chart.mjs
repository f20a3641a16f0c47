// `npm run chart [-- FROM.json TO.svg]`: draws the chart of the README from what `npm run bench -- --json=FROM.json` measured.
// Without words: from the figures that the tree holds to the picture beside them.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawChart } from './draw.mjs';
import { root } from './setup.mjs';

const measured = join(root, 'test', 'bench', 'measured');
const [from = join(measured, 'side-by-side.json'), to = join(measured, 'side-by-side.svg'), ...more] = process.argv.slice(2);

if (more.length > 0 || from.startsWith('-')) {
  process.stderr.write('usage: npm run chart [-- FROM.json TO.svg]\n');
  process.exitCode = 64;
} else {
  try {
    writeFileSync(to, drawChart(JSON.parse(readFileSync(from, 'utf8'))));
  } catch (error) {
    process.stderr.write(`chart: ${from} cannot be drawn to ${to}: ${error.message}\n`);
    process.exitCode = 1;
  }
}
