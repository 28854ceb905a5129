/**
 * A stream is what is ordered and validated together: an organization, and one for what belongs to none. Transactions of
 * different streams never wait for one another where the engine has a place to commit for each.
 */
import { compareKeys } from './byte-order.js';
import type { Key, KeyRange } from './contract.js';
import { lastComponent, prefixEnd, unescapeComponent } from './keys.js';
import { ORGANIZATION_KINDS, STORE_KINDS, TIMED_KINDS } from './layout.js';

export type Stream = string;

/** The stream of what belongs to no organization. */
export const SHARED_STREAM: Stream = '';

/** Which stream a key belongs to. Two stores over the same data must agree on it. */
export interface Streams {
  readonly ofKey: (key: Key) => Stream;
  /** The stream of all keys that could be in a range; undefined if they are of several. */
  readonly ofRange: (range: KeyRange) => Stream | undefined;
}

const ORGANIZATION: ReadonlySet<string> = new Set(ORGANIZATION_KINDS);
const TIMED: ReadonlySet<string> = new Set(TIMED_KINDS);
const OF_NONE: ReadonlySet<string> = new Set(STORE_KINDS.filter((kind) => !TIMED.has(kind)));

/** The streams of the layout of docs/storage.md. */
export const ORGANIZATION_STREAMS: Streams = { ofKey: streamOfKey, ofRange: streamOfRange };

function streamOfKey(key: Key): Stream {
  const kind = kindOf(key);
  // What ends when is written together with what ends.
  if (TIMED.has(kind)) return streamOfKey(lastComponent(key));
  if (!ORGANIZATION.has(kind)) return SHARED_STREAM;
  return unescapeComponent(organizationOf(key, kind));
}

function streamOfRange({ gte, lt }: KeyRange): Stream | undefined {
  const kind = kindOf(gte);
  if (OF_NONE.has(kind)) return compareKeys(lt, prefixEnd(`${kind}:`)) <= 0 ? SHARED_STREAM : undefined;
  if (!ORGANIZATION.has(kind)) return undefined;
  const organization = organizationOf(gte, kind);
  const prefix = `${kind}:${organization}:`;
  if (!gte.startsWith(prefix) || compareKeys(lt, prefixEnd(prefix)) > 0) return undefined;
  return unescapeComponent(organization);
}

function kindOf(key: Key): string {
  const end = key.indexOf(':');
  return end < 0 ? '' : key.slice(0, end);
}

function organizationOf(key: Key, kind: string): string {
  const end = key.indexOf(':', kind.length + 1);
  return key.slice(kind.length + 1, end < 0 ? undefined : end);
}
