// The answer to what is no HTTP request at all, or not a whole one in time: Node has no response object for it.

import { STATUS_CODES } from 'node:http';
import { problem, type Reply } from './reply.ts';

/** `code` is the parser's. */
export function rawProblem(code: string | undefined): string {
  const { status, contentType, body } = replyTo(code);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Type: ${contentType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

function replyTo(code: string | undefined): Reply {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return problem(431, 'headers-too-large', 'the headers are larger than this server takes', 'send shorter ones');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return problem(413, 'body-too-large', 'the extensions of the chunks are too long', 'send the body with a Content-Length');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return problem(408, 'request-timeout', 'the request did not become whole in time', 'send it in one go');
    default:
      return problem(400, 'invalid-request', 'this is not an HTTP request', 'try: curl --unix-socket PATH http://q/v1/status');
  }
}
