// A disk that keeps only what it was told to: one directory in memory, where content is durable after fsync and names after the fsync of
// the directory. It can fail or stop at any call; `survivors` are all the directories that a crash may leave.

import type { FileCalls, OpenFile } from '../../src/agent/atomic-write.ts';

export type Trouble = 'stop' | 'EIO' | 'ENOSPC';

interface Inode {
  text: string;
  /** All contents that a crash may leave. */
  remains: Set<string>;
}

export class FragileDisk implements FileCalls {
  callCount = 0;
  readonly #trouble: Trouble | null;
  readonly #troubleAt: number;
  #names = new Map<string, Inode>();
  #possibleNames: Map<string, Inode>[];

  constructor(files: Readonly<Record<string, string>>, trouble: Trouble | null = null, troubleAt = -1) {
    this.#trouble = trouble;
    this.#troubleAt = troubleAt;
    for (const [name, text] of Object.entries(files)) this.#names.set(name, { text, remains: new Set([text]) });
    this.#possibleNames = [new Map(this.#names)];
  }

  async open(path: string, flags: string): Promise<OpenFile> {
    await this.#call();
    if (flags === 'r') return this.#directory();
    const name = nameOf(path);
    const inode = this.#names.get(name) ?? { text: '', remains: new Set<string>() };
    inode.text = '';
    inode.remains.add('');
    this.#names.set(name, inode);
    this.#possibleNames.push(new Map(this.#names));
    return {
      writeFile: async (text) => {
        const write = (part: string): void => {
          inode.text = part;
          for (let end = 0; end <= part.length; end += Math.max(1, Math.floor(part.length / 7))) inode.remains.add(part.slice(0, end));
          inode.remains.add(part).add('\0'.repeat(part.length));
        };
        await this.#call(() => write(text.slice(0, text.length / 2)));
        write(text);
      },
      sync: async () => {
        await this.#call();
        inode.remains = new Set([inode.text]);
      },
      close: () => this.#call(),
    };
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#call();
    const inode = this.#names.get(nameOf(from));
    if (inode === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    this.#names.delete(nameOf(from));
    this.#names.set(nameOf(to), inode);
    this.#possibleNames.push(new Map(this.#names));
  }

  /** Each directory that may be found after a crash now. */
  survivors(): Record<string, string>[] {
    const found = new Map<string, Record<string, string>>();
    for (const names of this.#possibleNames) {
      let directories: Record<string, string>[] = [{}];
      for (const [name, inode] of names) {
        directories = directories.flatMap((directory) => [...inode.remains].map((text) => ({ ...directory, [name]: text })));
      }
      for (const directory of directories) found.set(JSON.stringify(directory), directory);
    }
    return [...found.values()];
  }

  #directory(): OpenFile {
    return {
      writeFile: () => Promise.reject(new Error('not a file')),
      sync: async () => {
        await this.#call();
        this.#possibleNames = [new Map(this.#names)];
      },
      close: () => this.#call(),
    };
  }

  async #call(partly: () => void = () => {}): Promise<void> {
    const isTrouble = this.callCount === this.#troubleAt;
    this.callCount += 1;
    if (!isTrouble) return;
    partly();
    // Stopped: the machine never comes back from this call.
    if (this.#trouble === 'stop') await new Promise(() => {});
    throw Object.assign(new Error('injected'), { code: this.#trouble });
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
