/** Answers of other servers, of which nobody knows beforehand how large they are. */

/** An answer is larger than what may be read of it. */
export class AnswerTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError';
}

/** Statuses whose answers have no body (Fetch standard, "null body status"). */
const WITHOUT_BODY: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/**
 * `fetch` that reads at most `maxBytes` of an answer, decompressed, and follows no redirect: what it leads to was not
 * configured. The answer is complete when it resolves; `init.signal` ends reading, too.
 */
export function boundedFetch(maxBytes: number): typeof fetch {
  return async (resource, init) => {
    const response = await fetch(resource, { ...init, redirect: 'manual' });
    const { status, statusText, headers } = response;
    const body = await readAtMost(response, maxBytes);
    return new Response(WITHOUT_BODY.has(status) ? null : body, { status, statusText, headers });
  };
}

async function readAtMost(response: Response, maxBytes: number): Promise<Buffer> {
  if (response.body === null) return Buffer.of();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const stream: AsyncIterable<unknown> = response.body;
  // To leave the loop cancels the rest of the answer.
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) throw new Error('A body is made of bytes');
    length += chunk.byteLength;
    if (length > maxBytes) throw new AnswerTooLargeError(`The answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
