// Replacing a file as a whole. The calls are handed in, so that a test can let each of them fail or be the last one made.

import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What of node:fs/promises is used, no more. */
export interface FileCalls {
  open(path: string, flags: string, mode?: number): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
}

export interface OpenFile {
  writeFile(text: string): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export const SYSTEM_FILES: FileCalls = { open, rename };

/** Durable when it resolves: the new content is on disk before its name is, and the name is on disk before anyone is told (R14). */
export async function replaceDurably(files: FileCalls, path: string, text: string): Promise<void> {
  await writeBeside(files, path, text, async (file) => file.sync());
  await files.rename(temporaryOf(path), path);
  const directory = await files.open(dirname(path), 'r');
  await closing(directory, async () => directory.sync());
}

/** Old or new for every reader while the system runs; after a crash of the machine it may be neither. */
export async function replaceLightly(files: FileCalls, path: string, text: string): Promise<void> {
  await writeBeside(files, path, text, async () => {});
  await files.rename(temporaryOf(path), path);
}

/** One fixed name in the same directory (rename crosses no file system): a crash leaves at most one, and the next write takes it over. */
export function temporaryOf(path: string): string {
  return `${path}.tmp`;
}

async function writeBeside(files: FileCalls, path: string, text: string, settle: (file: OpenFile) => Promise<void>): Promise<void> {
  const file = await files.open(temporaryOf(path), 'w', 0o600);
  await closing(file, async () => {
    await file.writeFile(text);
    await settle(file);
  });
}

// A failing close counts (on some file systems it is where a failed write shows), but never hides the failure before it.
async function closing(file: OpenFile, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    await file.close().catch(() => {});
    throw thrown;
  }
  await file.close();
}
