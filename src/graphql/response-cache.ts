/**
 * Answers a query that comes again from memory for as long as nothing that its answer was made of has changed: lists that
 * many people look at, and entries that are read often. The store tells whether that is so, so no answer is ever stale.
 */
import { type ExecutionResult, OperationTypeNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import { memoizeByIdentity } from '../memoize-by-identity.js';
import type { Principal } from '../principal.js';
import { bodyLength } from './answer-body.js';
import type { RequestContext } from './context.js';
import type { ExecuteOperation } from './execution.js';
import { createLoaders } from './loaders.js';
import { AnswerSources, trackServices } from './tracked-services.js';

const { QUERY } = OperationTypeNode;

/** Characters of variables; a query with longer ones is not cached. */
const MAX_VARIABLES_LENGTH = 4_096;

/** Characters of queries that were asked lately and are not cached. */
const WAITING_CHARACTERS = 4 * 1024 * 1024;

/** Bytes of memory for each character of an answer's text, with the objects that it is made of, about. */
const BYTES_PER_CHARACTER = 4;

/** No answer takes more than this share of the cache. */
const MAX_SHARE = 1 / 8;

/** An answer that is never asked for while it is current is cached again after so many times at the latest. */
const MAX_SKIPPED = 63;

interface CachedResponse {
  readonly result: ExecutionResult;
  readonly sources: AnswerSources;
  used: boolean;
}

/** A query that has no cached answer. */
interface Waiting {
  /** How often its answer is still not cached, and how often that was so the last time. */
  readonly skips: number;
  readonly skipped: number;
}

const ASKED_ONCE: Waiting = { skips: 0, skipped: 0 };

/**
 * Caches the answers of queries that come again, for each user. An answer is cached if it was made of what the store holds
 * and nothing else: not of the time, of a plugin, or of how often something was asked.
 * @param bytes about how much memory the cache may take; 0 turns it off
 */
export function withResponseCache(execute: ExecuteOperation, bytes: number): ExecuteOperation {
  if (bytes === 0) return execute;
  let operations = 0;
  const operationKey = memoizeByIdentity((_operation: object) => String((operations += 1)));
  const waiting = new LRUCache<string, Waiting>({
    maxSize: WAITING_CHARACTERS,
    sizeCalculation: (_, key) => key.length,
  });
  const answers = new LRUCache<string, CachedResponse>({
    maxSize: bytes,
    maxEntrySize: Math.ceil(bytes * MAX_SHARE),
    sizeCalculation: ({ result, sources }, key) =>
      key.length + BYTES_PER_CHARACTER * bodyLength(result) + sources.bytes,
  });

  /** Counts one more request of a query that has no cached answer, and tells whether to cache the one that it gets now. */
  const isWorthIt = (key: string): boolean => {
    const asked = waiting.get(key);
    if (asked === undefined || asked.skips > 0) {
      waiting.set(key, asked === undefined ? ASKED_ONCE : { ...asked, skips: asked.skips - 1 });
      return false;
    }
    return true;
  };

  /** What changes faster than it is asked for is not worth the work of caching it. */
  const forget = (key: string, { used }: CachedResponse): void => {
    answers.delete(key);
    const skips = used ? 0 : Math.min(MAX_SKIPPED, 2 * (waiting.get(key)?.skipped ?? 0) + 1);
    waiting.set(key, { skips, skipped: skips });
  };

  return async (operation, variables, context) => {
    if (operation.operation.operation !== QUERY) return execute(operation, variables, context);
    const asked = textOf(variables);
    if (asked === undefined) return execute(operation, variables, context);
    const key = `${operationKey(operation)} ${readerKey(context.principal)} ${asked}`;
    const known = answers.get(key);
    if (known !== undefined) {
      const current = known.sources.areCurrent();
      if (current === true || (current !== false && (await current))) {
        known.used = true;
        return known.result;
      }
      // Another request of the same query may have found out at the same time.
      if (answers.peek(key) === known) forget(key, known);
    }
    if (!isWorthIt(key)) return execute(operation, variables, context);
    const sources = new AnswerSources();
    const result = await execute(operation, variables, trackContext(context, sources));
    if (result.errors === undefined && sources.isCacheable) answers.set(key, { result, sources, used: false });
    return result;
  };
}

/** The variables as text, or undefined if they are long, or nested too deeply to be written. */
function textOf(variables: Readonly<Record<string, unknown>>): string | undefined {
  try {
    const text = JSON.stringify(variables);
    return text.length > MAX_VARIABLES_LENGTH ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Everything about who asks that an answer can depend on. */
function readerKey({ org, sub, permissions, scope }: Principal): string {
  return JSON.stringify([org, sub, [...permissions].sort(), scope]);
}

/** The same context, whose reads are added to the sources. */
function trackContext(context: RequestContext, sources: AnswerSources): RequestContext {
  const services = trackServices(context.services, sources);
  return {
    ...context,
    services,
    loaders: createLoaders(services.store, context.actor.org, context),
    graphQueries: context.graphQueries,
    markUncacheable: sources.markUncacheable,
  };
}
