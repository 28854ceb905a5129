/** Reads of entries that run directly, as they come most often: each entry is one text, made once while it is read often. */
import type { FastifyReply } from 'fastify';
import { sentBody, WrittenData } from '../graphql/answer-body.js';
import type { RequestContext } from '../graphql/context.js';
import type { DirectOperation } from '../graphql/execution.js';
import { feedbackSource } from '../graphql/feedback-lists.js';
import { hidesOthersEntryIds, withoutOthersIds } from '../graphql/hidden-entry-ids.js';
import { currentEntry } from '../graphql/resolvers/feedback.js';
import type { ConnectionSource, OrderedPageArguments } from '../graphql/types/connection.js';
import type { FeedbackFilterInput } from '../graphql/types/feedback-content.js';
import { memoizeByIdentity } from '../memoize-by-identity.js';
import type { Feedback } from '../model/feedback.js';
import { storedToWire } from '../model/wire-entry.js';
import { omitNullish } from '../omit-nullish.js';
import {
  GetFeedbackDocument,
  type GetFeedbackQueryVariables,
  ListFeedbackByAdapterDocument,
  type ListFeedbackByAdapterQueryVariables,
  ListFeedbackDocument,
  type ListFeedbackQueryVariables,
} from './operations.generated.js';

/** Fastify names the type of what it serializes itself alone. */
const JSON_TYPE = 'application/json; charset=utf-8';

const writtenOnce = memoizeByIdentity((entry: Feedback): string => JSON.stringify(storedToWire(entry)));

/** An entry as JSON, as the token may see it; made once for each that is read often. */
function entryText(context: RequestContext, entry: Feedback): string {
  return hidesOthersEntryIds(context) ? JSON.stringify(withoutOthersIds(storedToWire(entry))) : writtenOnce(entry);
}

/** An entry as it is sent. */
export class ReadEntry extends WrittenData {
  constructor(
    readonly version: number,
    readonly text: string,
  ) {
    super([text]);
  }
}

/** Null if there is none. */
export const readEntry: DirectOperation<ReadEntry | null, GetFeedbackQueryVariables, { readonly id: string }> = {
  document: GetFeedbackDocument,
  read: async (context, { id }) => {
    const entry = await currentEntry(context, id);
    return entry === undefined ? null : new ReadEntry(entry.version, entryText(context, entry));
  },
};

/** A page of a list, with its entries as JSON. */
export class EntryPage extends WrittenData {
  #body: string | Buffer | undefined;

  constructor(
    texts: readonly string[],
    /** The cursor of the next page, if there is one. */
    readonly next: string | undefined,
    /** How many entries are linked to the adapter of the list, if it is an adapter's. */
    readonly total?: number,
  ) {
    super(texts);
  }

  /** The body of the answer, made once for a page that the response cache returns again. */
  body(more: object): string | Buffer {
    if (this.#body === undefined) {
      const { texts, next } = this;
      const beside = JSON.stringify({ count: texts.length, ...omitNullish({ next_cursor: next }), ...more });
      this.#body = sentBody(`{"feedback":[${texts.join(',')}],${beside.slice(1)}`);
    }
    return this.#body;
  }
}

interface ListArguments extends OrderedPageArguments {
  readonly filter: FeedbackFilterInput | null | undefined;
}

export const listEntries: DirectOperation<EntryPage, ListFeedbackQueryVariables, ListArguments> = {
  document: ListFeedbackDocument,
  read: async (context, page) => readPage(context, sourceOf(context, page)),
};

export const listEntriesOfAdapter: DirectOperation<EntryPage, ListFeedbackByAdapterQueryVariables, ListArguments> = {
  document: ListFeedbackByAdapterDocument,
  read: async (context, page, linked) => {
    // Both are checked before either is read.
    const [listed, counted] = [sourceOf(context, page), sourceOf(context, linked)];
    const [{ texts, next }, total] = await Promise.all([readPage(context, listed), counted.total()]);
    return new EntryPage(texts, next, total);
  },
};

function sourceOf(context: RequestContext, { filter, ...page }: ListArguments): ConnectionSource<ListedEntry> {
  return feedbackSource(context, { filter }, page, (entry, cursorOf) => new ListedEntry(entry, cursorOf));
}

async function readPage(context: RequestContext, source: ConnectionSource<ListedEntry>): Promise<EntryPage> {
  const { edges, hasNext, end } = await source.page();
  const texts: string[] = [];
  for (const { entry } of edges) {
    texts.push(entryText(context, entry));
    // A short list has no task.
    if (context.task?.shouldYield() === true) await context.task.turn();
  }
  return new EntryPage(texts, hasNext ? (end ?? edges.at(-1)?.cursor) : undefined);
}

/** An entry of a page, whose cursor is made when it is asked for. */
class ListedEntry {
  constructor(
    readonly entry: Feedback,
    private readonly cursorOf: () => string,
  ) {}

  get cursor(): string {
    return this.cursorOf();
  }
}

/** Sends JSON that is written already. */
export function sendJson(reply: FastifyReply, body: string | Buffer): FastifyReply {
  return reply.type(JSON_TYPE).send(body);
}
