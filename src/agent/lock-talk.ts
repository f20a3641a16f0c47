// What is said over a lock's socket: whoever connects is told the owner's process id and whether it holds the lock or is
// still starting. The answer is for messages and for settling who goes first; that a connect succeeds is what counts.

import { connect, type Socket } from 'node:net';
import { errnoOf } from './errno.ts';

export type OwnerRole = 'holder' | 'starter';

export type OwnerAnswer =
  /** Nobody will ever listen on it again. */
  | { readonly kind: 'dead' }
  /** No such name (any more). */
  | { readonly kind: 'gone' }
  /** It went away while it was asked: dead, or giving way. Ask again. */
  | { readonly kind: 'leaving' }
  /** The system does not let us ask, so it may be alive. */
  | { readonly kind: 'unknown'; readonly thrown: Error }
  /** Role and pid are null when it was too slow to say them, as a stopped process is. */
  | { readonly kind: 'alive'; readonly role: OwnerRole | null; readonly pid: number | null };

const ANSWER_TIMEOUT_MS = 1000;
const ANSWER = /^(holder|starter) ([0-9]{1,10})\n/;

export function answerAs(peer: Socket, role: OwnerRole): void {
  peer.on('error', () => {});
  // Destroyed when it is said, so that a peer which stays does not keep the lock from being let go.
  peer.end(`${role} ${process.pid}\n`, () => peer.destroy());
  peer.resume();
}

/** Only a refused connect is death. */
export function askOwner(path: string): Promise<OwnerAnswer> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let heard = '';
    const finish = (answer: OwnerAnswer): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const finishAlive = (): void => {
      const said = ANSWER.exec(heard);
      finish({ kind: 'alive', role: said === null ? null : (said[1] as OwnerRole), pid: said === null ? null : Number(said[2]) });
    };
    const timer = setTimeout(finishAlive, ANSWER_TIMEOUT_MS);
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      heard += text;
      if (heard.includes('\n') || heard.length > 64) finishAlive();
    });
    socket.on('end', () => finish({ kind: 'leaving' }));
    socket.on('error', (thrown) => {
      const code = errnoOf(thrown);
      if (code === 'ECONNREFUSED') finish({ kind: 'dead' });
      else if (code === 'ENOENT') finish({ kind: 'gone' });
      else if (code === 'ECONNRESET' || code === 'EPIPE') finish({ kind: 'leaving' });
      // The queue of those who wait to be accepted is full: whoever owns it has been stopped for long.
      else if (code === 'EAGAIN') finishAlive();
      else finish({ kind: 'unknown', thrown });
    });
  });
}
