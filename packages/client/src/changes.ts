import { type Api, dataOf } from './api.js';
import { bytesOf, openOn } from './body.js';
import { FeedbackGraphError, isRefusal } from './errors.js';
import { createEventParser } from './event-stream.js';
import { toSearch } from './query.js';
import { backoff, type Clock, MAX_PATIENCE_MS } from './retry.js';
import { FEEDBACK_PATH } from './submitter.js';
import type { Transport } from './transport.js';
import type { Change, QueryOf } from './types.js';

export interface ChangesOptions extends Omit<QueryOf<'listFeedbackChanges'>, 'limit'> {
  readonly signal?: AbortSignal;
  /** Without any sign of life for so many ms, it connects again; 60,000 by default, four times the server's heartbeat. */
  readonly idleMs?: number;
}

const IDLE_MS = 60_000;
/** Between two connections, unless the server says otherwise. */
const PAUSE_MS = 1_000;
const PATH = `${FEEDBACK_PATH}/changes`;

/**
 * Changes as they are committed, without an end. A connection that is lost, or that ends with its token, is resumed where
 * it was, without a gap or a repetition. The signal ends it.
 * @throws {FeedbackGraphError} if the first connection fails, or the server refuses
 */
export async function* followChanges(
  transport: Transport,
  api: Api,
  clock: Clock,
  { signal, idleMs = IDLE_MS, after = '0', ...filters }: ChangesOptions = {},
): AsyncGenerator<Change, void> {
  // `now` is another place after each lost connection.
  let place = after === 'now' ? await newestPlace(api, signal) : after;
  let pause = PAUSE_MS;
  let failures = 0;
  let wasConnected = false;
  const isAborted = (): boolean => signal?.aborted === true;
  while (!isAborted()) {
    let asked = 0;
    try {
      const answer = await openOn(transport, {
        method: 'GET',
        url: PATH + toSearch({ ...filters, after: place }),
        headers: { accept: 'text/event-stream' },
        ...(signal !== undefined && { signal }),
      });
      wasConnected = true;
      const parse = createEventParser();
      const decoder = new TextDecoder();
      for await (const bytes of bytesOf(answer, idleMs)) {
        failures = 0;
        for (const { id, data, retryMs } of parse(decoder.decode(bytes, { stream: true }))) {
          if (retryMs !== undefined) pause = retryMs;
          // The place is behind a change before its reader has it: who goes on after `return` has seen it.
          if (id !== undefined) place = id;
          if (data !== undefined) yield parseChange(data);
        }
      }
    } catch (error) {
      if (isAborted()) return;
      const isOver =
        !(error instanceof FeedbackGraphError) || isRefusal(error) || error.status === 401 || error.status === 200;
      if (isOver || !wasConnected) throw error;
      asked = Math.min(error.retryAfterMs ?? 0, MAX_PATIENCE_MS);
    }
    failures += 1;
    try {
      const patience = failures > 1 ? backoff(failures, clock.random) : pause * (0.5 + clock.random() / 2);
      await clock.wait(Math.max(asked, patience), signal);
    } catch {
      return;
    }
  }
}

/** @throws {FeedbackGraphError} for what is no change */
function parseChange(data: string): Change {
  try {
    return JSON.parse(data) as Change;
  } catch {
    throw new FeedbackGraphError('The server sent an event that is no change', {
      code: 'UNEXPECTED_RESPONSE',
      status: 200,
    });
  }
}

async function newestPlace(api: Api, signal: AbortSignal | undefined): Promise<string> {
  const query = { after: 'now', limit: 1 };
  const init = { params: { query }, ...(signal !== undefined && { signal }) };
  return (await dataOf(api.GET(PATH, init))).next_after;
}
