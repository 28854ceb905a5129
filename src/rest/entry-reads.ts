/** Reads of entries that run directly, as they come most often: each entry is written once while it is read often. */
import type { FastifyReply } from 'fastify';
import { keptBytes, listedBetween, WrittenData } from '../graphql/answer-body.js';
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

const writtenOnce = memoizeByIdentity((entry: Feedback): Buffer => keptBytes(JSON.stringify(storedToWire(entry))));

/** An entry as JSON, as the token may see it; made once for each that is read often. */
function entryJson(context: RequestContext, entry: Feedback): Buffer {
  if (!hidesOthersEntryIds(context)) return writtenOnce(entry);
  return Buffer.from(JSON.stringify(withoutOthersIds(storedToWire(entry))));
}

/** An entry as it is sent. */
export class ReadEntry extends WrittenData {
  constructor(
    readonly version: number,
    readonly body: Buffer,
  ) {
    super([body]);
  }
}

/** Null if there is none. */
export const readEntry: DirectOperation<ReadEntry | null, GetFeedbackQueryVariables, { readonly id: string }> = {
  document: GetFeedbackDocument,
  answer: async (context, { id }) => {
    const entry = await currentEntry(context, id);
    return entry === undefined ? null : new ReadEntry(entry.version, entryJson(context, entry));
  },
};

/** A page of a list, with its entries as JSON. */
export class EntryPage extends WrittenData {
  #body: Buffer | undefined;

  constructor(
    entries: readonly Buffer[],
    /** The cursor of the next page, if there is one. */
    readonly next: string | undefined,
    /** How many entries are linked to the adapter of the list, if it is an adapter's. */
    readonly total?: number,
  ) {
    super(entries);
  }

  /** The body of the answer, made once for a page that the response cache returns again. */
  body(more: object): Buffer {
    return (this.#body ??= this.#write(more));
  }

  #write(more: object): Buffer {
    const { pieces, next } = this;
    const beside = JSON.stringify({ count: pieces.length, ...omitNullish({ next_cursor: next }), ...more });
    return listedBetween(START, pieces, Buffer.from(`],${beside.slice(1)}`));
  }
}

const START = Buffer.from('{"feedback":[');

interface ListArguments extends OrderedPageArguments {
  readonly filter: FeedbackFilterInput | null | undefined;
}

export const listEntries: DirectOperation<EntryPage, ListFeedbackQueryVariables, ListArguments> = {
  document: ListFeedbackDocument,
  answer: async (context, page) => readPage(context, sourceOf(context, page)),
};

export const listEntriesOfAdapter: DirectOperation<EntryPage, ListFeedbackByAdapterQueryVariables, ListArguments> = {
  document: ListFeedbackByAdapterDocument,
  answer: async (context, page, linked) => {
    // Both are checked before either is read.
    const [listed, counted] = [sourceOf(context, page), sourceOf(context, linked)];
    const [{ pieces, next }, total] = await Promise.all([readPage(context, listed), counted.total()]);
    return new EntryPage(pieces, next, total);
  },
};

function sourceOf(context: RequestContext, { filter, ...page }: ListArguments): ConnectionSource<ListedEntry> {
  return feedbackSource(context, { filter }, page, (entry, cursorOf) => new ListedEntry(entry, cursorOf));
}

async function readPage(context: RequestContext, source: ConnectionSource<ListedEntry>): Promise<EntryPage> {
  const { edges, hasNext, end } = await source.page();
  const entries: Buffer[] = [];
  for (const { entry } of edges) {
    entries.push(entryJson(context, entry));
    // A short list has no task.
    if (context.task?.shouldYield() === true) await context.task.turn();
  }
  return new EntryPage(entries, hasNext ? (end ?? edges.at(-1)?.cursor) : undefined);
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
export function sendJson(reply: FastifyReply, body: Buffer): FastifyReply {
  return reply.type(JSON_TYPE).send(body);
}
