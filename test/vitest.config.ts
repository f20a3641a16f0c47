// Two projects: what runs inside one process, side by side; then what starts real agents, one file at a time, so that
// agents are never starved by another file's work.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        root: '.',
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
          sequence: { groupOrder: 0 },
          // Two also where there are two cores, of which one would be left to the runner.
          maxWorkers: 2,
          testTimeout: 20_000,
        },
      },
      {
        root: '.',
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          sequence: { groupOrder: 1 },
          maxWorkers: 1,
          testTimeout: 60_000,
          hookTimeout: 30_000,
        },
      },
    ],
  },
});
