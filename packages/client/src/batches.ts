import { FeedbackGraphError } from './errors.js';
import { FEEDBACK_PATH } from './submitter.js';
import { type CallOptions, LONG_TIMEOUT_MS, randomKey, readJson, type Transport, unexpected } from './transport.js';
import type { BatchEntryResult, components, Submission } from './types.js';

export interface SubmitBatchOptions extends CallOptions {
  /** Whether to leave an entry alone that was revised or withdrawn since it said the same: for imports that run again. */
  readonly keepRevised?: boolean;
  /** Entries of one request; 1,000 by default, which is the most that a server takes. */
  readonly maxEntries?: number;
  /** Bytes of one request; 8 MB by default, 32 times the server's `FEEDBACK_BODY_LIMIT`. */
  readonly maxBytes?: number;
}

export interface BatchOutcome {
  /** One result for each entry, in order. */
  readonly results: readonly BatchEntryResult[];
  /** How many of them are stored. */
  readonly stored: number;
}

/** A batch that broke off. Submit the rest again with the same `idempotencyKey`, or the entries from `results.length` on. */
export class SubmitBatchError extends FeedbackGraphError {
  /** Of the entries before the break, in order. */
  readonly results: readonly BatchEntryResult[];

  constructor(cause: FeedbackGraphError, results: readonly BatchEntryResult[]) {
    const { code, status, requestId, issues, retryAfterMs } = cause;
    const message = `The batch broke off after ${results.length} entries: ${cause.message}`;
    super(message, { code, status, requestId, issues, retryAfterMs, cause });
    this.results = results;
  }
}

const MAX_ENTRIES = 1_000;
/** 32 times 256 KiB, less what stands around the entries. */
const MAX_BYTES = 32 * 256 * 1024 - 1_000;

/** Submits any number of entries, in as many requests as they need. @throws {SubmitBatchError} */
export async function submitBatch(
  transport: Transport,
  entries: Iterable<Submission> | AsyncIterable<Submission>,
  options: SubmitBatchOptions = {},
): Promise<BatchOutcome> {
  const { keepRevised, maxEntries = MAX_ENTRIES, maxBytes = MAX_BYTES, signal, idempotencyKey = randomKey() } = options;
  const results: BatchEntryResult[] = [];
  let stored = 0;

  /** Entries are sent as the JSON that was counted. A server that takes less at once gets them in smaller parts. */
  async function send(part: readonly string[]): Promise<void> {
    const body = `{"feedback":[${part.join(',')}]${keepRevised === true ? ',"keep_revised":true' : ''}}`;
    try {
      const request = {
        method: 'POST',
        url: `${FEEDBACK_PATH}/batch`,
        body,
        timeoutMs: LONG_TIMEOUT_MS,
        // The place of the first entry: the same parts have the same keys when a batch is sent again.
        idempotencyKey: `${idempotencyKey}-${results.length}-${part.length}`,
        givesUp: (error: FeedbackGraphError) => smallerSize(error, part.length) !== undefined,
        ...(signal !== undefined && { signal }),
      };
      const answer = await transport(request, async (response) => {
        const found = await readJson(response);
        if (!isBatchResult(found) || found.results.length !== part.length) throw unexpected(response);
        return found;
      });
      results.push(...answer.results);
      stored += answer.stored;
    } catch (error) {
      if (!(error instanceof FeedbackGraphError)) throw error;
      const size = smallerSize(error, part.length);
      if (size === undefined) throw new SubmitBatchError(error, results);
      for (let start = 0; start < part.length; start += size) await send(part.slice(start, start + size));
    }
  }

  for await (const part of partsOf(entries, maxEntries, maxBytes)) await send(part);
  return { results, stored };
}

function isBatchResult(body: object): body is components['schemas']['BatchResult'] {
  return 'results' in body && Array.isArray(body.results);
}

/** Into parts of which size a server may take what it did not take at once: by its body limit, or its request limit. */
function smallerSize({ status, rateLimit = Infinity }: FeedbackGraphError, size: number): number | undefined {
  if (status === 413 && size > 1) return Math.ceil(size / 2);
  // Each entry counts as a request.
  return status === 429 && rateLimit >= 1 && rateLimit < size ? rateLimit : undefined;
}

/** The JSON of entries, in parts of at most so many entries and bytes; an entry that is too large alone is one of its own. */
export async function* partsOf(
  entries: Iterable<Submission> | AsyncIterable<Submission>,
  maxEntries: number,
  maxBytes: number,
): AsyncGenerator<readonly string[], void> {
  const encoder = new TextEncoder();
  let part: string[] = [];
  let bytes = 0;
  for await (const entry of entries) {
    const json = JSON.stringify(entry);
    // With the comma before it.
    const size = encoder.encode(json).length + 1;
    if (part.length > 0 && (part.length >= maxEntries || bytes + size > maxBytes)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(json);
    bytes += size;
  }
  if (part.length > 0) yield part;
}
