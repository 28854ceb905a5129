/** What every part of the check works with. */
import type { KeyedHash } from '../../audit/keyed-hash.js';
import type { Entry, Key, KeyRange, Store } from '../../store/contract.js';
import { joinKey, splitKey } from '../../store/keys.js';
import type { ProgressListener } from '../progress.js';
import type { Fix, Repairs } from '../repair.js';
import { readChunksAhead } from './cursor.js';
import type { Nodes } from './nodes.js';
import type { Findings, KeyKind } from './report.js';

/** The check of the whole store. */
export interface StoreCheck {
  readonly store: Store;
  readonly findings: Findings;
  /** Absent where nothing is to be written. */
  readonly repairs: Repairs | undefined;
  readonly progress: ProgressListener;
  /** Absent if the store's secret cannot be read: the indexes of users then cannot be told. */
  readonly keyedHash: KeyedHash | undefined;
}

/** The check of one organization. */
export interface Check extends StoreCheck {
  readonly org: string;
  readonly nodes: Nodes;
  /** What counters must be taken to differ by from the keys that are there, because nothing is repaired. */
  readonly corrections: Corrections;
  /** Audit events without a pointer, by node, because nothing is repaired. */
  readonly unpointed: Map<string, string[]>;
  readonly adapterSets: AdapterSetsCheck;
}

/** What the check of feedback tells of the sets of adapters that it is linked to. */
export interface AdapterSetsCheck {
  /** The keys under which an adapter should list a set and does not: of many in a set one tells it. */
  readonly unlisted: Set<Key>;
  /** Whether an index entry of a set is missing, because nothing is repaired: which sets there are cannot be told. */
  incomplete: boolean;
}

/** The most that is remembered for later parts of what earlier ones have found wrong. */
export const MAX_REMEMBERED = 100_000;

/** By how many entries each counter differs from the keys that are there. */
export class Corrections {
  readonly byCounter = new Map<Key, number>();
  /** Whether there was more than can be remembered, so that counters cannot be checked. */
  overflowed = false;

  add(counter: Key, delta: number): void {
    if (this.byCounter.size >= MAX_REMEMBERED && !this.byCounter.has(counter)) {
      this.overflowed = true;
      return;
    }
    this.byCounter.set(counter, (this.byCounter.get(counter) ?? 0) + delta);
  }
}

/** Reports an inconsistency and, if repair was asked for, queues the writes that mend it, where any do. */
export function reportInconsistency(
  check: StoreCheck & { readonly org?: string },
  kind: KeyKind,
  node: string,
  problem: string,
  fixes: readonly Fix[] = [],
): void {
  const possible = fixes.length > 0;
  if (possible) check.repairs?.queue(fixes);
  check.findings.add({
    kind,
    ...(check.org === undefined ? {} : { organization: check.org }),
    node,
    problem,
    repair: !possible ? 'impossible' : check.repairs === undefined ? 'possible' : 'done',
  });
}

/** Notes a key that nothing in the layout of keys could have made. */
export function malformed(check: StoreCheck & { readonly org?: string }, kind: KeyKind, key: Key): void {
  reportInconsistency(check, kind, key, 'is not a key of this store');
}

/** The components of a key if it has that many and is written as keys are. */
export function components(key: Key, count: number): string[] | undefined {
  const parts = splitKey(key);
  return parts.length === count && joinKey(...parts) === key ? parts : undefined;
}

/** Calls `visit` with each chunk of a range, counting and showing how far it is; writes repairs as they add up. */
export async function eachChunk(
  check: StoreCheck,
  kind: KeyKind,
  range: KeyRange,
  visit: (entries: readonly Entry[]) => Promise<void> | void,
): Promise<void> {
  for await (const chunk of readChunksAhead(check.store, range)) {
    check.findings.countRead(kind, chunk.length);
    await visit(chunk);
    check.progress.advance(chunk.length);
    await check.repairs?.flushFull();
  }
  await check.repairs?.flush();
}
