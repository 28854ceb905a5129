/** Server-sent events of a change feed (WHATWG HTML, section 9.2). */
import { Readable } from 'node:stream';
import type { Change, ChangeFeed } from '../audit/change-feed.js';
import { cancellableIterator } from '../cancellable-iterator.js';

/** What clients wait before they connect again, ms. */
const RETRY_AFTER = 2_000;

export interface ChangeStreamOptions {
  readonly org: string;
  /** The place behind which it starts. */
  readonly after: string;
  /** Which of a page are sent; undefined if the stream is to end. */
  readonly select: (page: readonly Change[], signal: AbortSignal) => Promise<readonly Change[] | undefined>;
  /** Between signs of life, ms; a client that takes nothing for twice as long is cut off. */
  readonly heartbeat: number;
}

export interface ChangeStream {
  readonly stream: Readable;
  /** Ends it as if there was nothing more to come. */
  readonly end: () => void;
}

/**
 * The changes behind a place, for as long as the client stays. No more is read than what the client takes: a page waits
 * at most, and the place in the feed waits with it.
 */
export function changeStream(
  changes: ChangeFeed,
  { org, after, select, heartbeat }: ChangeStreamOptions,
): ChangeStream {
  const ended = new AbortController();

  async function* events(): AsyncGenerator<string, void> {
    // Something is sent at once, so that the client knows that it is connected.
    yield `retry: ${RETRY_AFTER}\n\n`;
    const pages = changes.follow(org, { after, signal: ended.signal, idleMilliseconds: heartbeat });
    for await (const page of pages) {
      const selected = await select(page, ended.signal);
      if (selected === undefined) return;
      const last = page.at(-1);
      // An id without data moves the client's place, and tells it nothing.
      const place = last === undefined || last.id === selected.at(-1)?.id ? '' : `id: ${last.id}\n\n`;
      yield page.length === 0 ? ':\n\n' : selected.map(formatEvent).join('') + place;
    }
  }

  async function* watched(): AsyncGenerator<string, void> {
    for await (const text of events()) {
      const stalled = setTimeout(() => {
        stream.destroy(new Error('The client of a change stream takes nothing'));
      }, 2 * heartbeat);
      try {
        yield text;
      } finally {
        clearTimeout(stalled);
      }
    }
  }

  const texts = watched();
  const end = (): void => ended.abort();
  const source = cancellableIterator(
    () => texts.next(),
    () => {
      end();
      return texts.return();
    },
  );
  const stream = Readable.from(source, { objectMode: false });
  return { stream, end };
}

function formatEvent({ id, at, action, node, version }: Change): string {
  return `id: ${id}\ndata: ${JSON.stringify({ id, at, action, node, version })}\n\n`;
}
