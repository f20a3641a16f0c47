// Logs far more than a pipe holds, watches its own event loop meanwhile, then closes the log and ends by process.exit.

import { openLog } from '../../../src/agent/log.ts';

const log = await openLog({ level: 'info', bufferBytesMax: 100_000 });
const logged = 20_000;
for (let i = 0; i < logged; i++) log.logger.info({ i }, 'x'.repeat(100));
let turns = 0;
const timer = setInterval(() => {
  turns += 1;
  log.logger.info({ turns }, 'still here');
  if (turns < 20) return;
  clearInterval(timer);
  void log.close().then(() => {
    process.send?.({ turns, dropped: log.droppedCount, logged });
    process.disconnect();
    process.exit(0);
  });
}, 10);
