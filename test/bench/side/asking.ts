// One question after the other over one connection, by a client as thin as it can be, so that the agent is what is measured.

import { connect, type Socket } from 'node:net';

export interface Conversation {
  readonly socket: Socket;
  readonly question: string | Uint8Array;
  /** Whether the answer is whole with this; throws when it is no answer. */
  readonly take: (chunk: Buffer) => boolean;
}

/** How long each answer took, in milliseconds. */
export function askRepeatedly({ socket, question, take }: Conversation, forMs: number): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const tookMs: number[] = [];
    const endMs = performance.now() + forMs;
    let askedAtMs = 0;
    const ask = (): void => {
      askedAtMs = performance.now();
      socket.write(question);
    };
    const hear = (chunk: Buffer): void => {
      try {
        if (!take(chunk)) return;
      } catch (error) {
        socket.destroy();
        reject(error);
        return;
      }
      const nowMs = performance.now();
      tookMs.push(nowMs - askedAtMs);
      if (nowMs < endMs) {
        ask();
        return;
      }
      socket.off('data', hear);
      resolve(tookMs);
    };
    socket.on('data', hear);
    socket.once('error', reject);
    ask();
  });
}

/** `GET` over a Unix socket that stays open. The length is read anew of every answer: ages have more digits or fewer. */
export async function httpConversation(socketPath: string, path: string): Promise<Conversation> {
  const socket = await connected(connect(socketPath));
  let missing = -1;
  let head = '';
  const take = (chunk: Buffer): boolean => {
    let body = chunk.length;
    if (missing < 0) {
      head += chunk.toString('latin1');
      const headEnd = head.indexOf('\r\n\r\n');
      if (headEnd === -1) return false;
      missing = Number(/^content-length: *(\d+)/im.exec(head)?.[1]);
      body = head.length - headEnd - 4;
    }
    missing -= body;
    if (missing > 0) return false;
    if (missing !== 0 || !head.startsWith('HTTP/1.1 200 '))
      throw new Error(`an answer to ${path} that is not 200 with a Content-Length that fits: ${head.slice(0, 80)}`);
    missing = -1;
    head = '';
    return true;
  };
  return { socket, question: `GET ${path} HTTP/1.1\r\nHost: q\r\n\r\n`, take };
}

export function connected(socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
