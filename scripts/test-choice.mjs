// What `npm test` and `npm run check` pass on to vitest: files, and those of its flags that choose among tests or say how they run.
// The others would be undone by what these scripts give it themselves, or need a person at the terminal.

import { SWITCH, text, whole } from './flags.mjs';

export const CHOOSING = {
  flags: {
    testNamePattern: text("'a dead member'"),
    exclude: text('test/sim/**'),
    shard: text('1/2'),
    bail: whole(1, 100_000),
    retry: whole(1, 100),
    maxWorkers: whole(1, 64),
    testTimeout: whole(1, 3_600_000),
    reporter: text('verbose'),
    update: SWITCH,
    run: SWITCH,
  },
  shorts: { t: 'testNamePattern', u: 'update' },
  words: { kind: text('FILE'), max: Number.POSITIVE_INFINITY },
};

export const CHOOSING_HELP = `
These flags of vitest are taken: -t PATTERN (or --testNamePattern=), --exclude=GLOB, --shard=1/2, --bail=N, --retry=N, --maxWorkers=N,
--testTimeout=MS, --reporter=NAME, -u (or --update), --run. For any other: npx vitest --config test/vitest.config.ts
`;
