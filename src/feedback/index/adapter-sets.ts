/**
 * Which adapters share feedback, and how much. The set of adapters that a feedback is linked to, where there are several,
 * is a scope of its own: its counters say how much feedback is linked to exactly these. Each adapter lists its sets, so
 * what several adapters were given together is told apart by reading sets, of which there are few, and not feedback.
 */
import { type Feedback, feedbackFacet } from '../../model/feedback.js';
import type { Key, Transaction } from '../../store/contract.js';
import { prefixRange } from '../../store/keys.js';
import { counterKey, indexPrefix, NO_FACET, scopeComponents } from '../../store/layout.js';
import { enterScope, leaveScope, adapterSetName, adapterSetPrefix } from './scopes.js';

/** What the keys start with under which an adapter lists its sets; the set follows. */
export function adapterSetsPrefix(org: string, adapter: string): Key {
  return indexPrefix(org, scopeComponents('ls', adapter), NO_FACET);
}

/** How many sets an adapter lists. */
export function adapterSetsCounter(org: string, adapter: string): Key {
  return counterKey(org, scopeComponents('ls', adapter), NO_FACET);
}

/** Moves a feedback that is linked to one more adapter from the set of `before` to the set of `after`. */
export async function moveToAdapterSet(
  transaction: Transaction,
  org: string,
  feedback: Feedback,
  before: readonly string[],
  after: readonly string[],
): Promise<void> {
  const left = adapterSetName(before);
  if (left !== undefined) {
    leaveScope(transaction, org, { kind: 'adapterSet', set: left }, feedbackFacet(feedback), feedback.id);
    await unlistEmptySets(transaction, org, [before]);
  }
  const entered = adapterSetName(after);
  if (entered === undefined) return;
  enterScope(transaction, org, { kind: 'adapterSet', set: entered }, feedbackFacet(feedback), feedback.id);
  const known = await transaction.scanKeys({ ...prefixRange(adapterSetPrefix(org, entered)), limit: 1 });
  if (known.length === 0) list(transaction, org, after, entered);
}

/**
 * Unlists the sets that no feedback is in any more once this transaction has taken one out of each of `left`: what a
 * transaction reads is as it was before.
 */
export async function unlistEmptySets(
  transaction: Transaction,
  org: string,
  left: readonly (readonly string[])[],
): Promise<void> {
  const leaving = new Map<string, { readonly adapters: readonly string[]; count: number }>();
  for (const adapters of left) {
    const set = adapterSetName(adapters);
    if (set === undefined) continue;
    const each = leaving.get(set) ?? { adapters, count: 0 };
    each.count += 1;
    leaving.set(set, each);
  }
  await Promise.all(
    [...leaving].map(async ([set, { adapters, count }]) => {
      const there = await transaction.scanKeys({ ...prefixRange(adapterSetPrefix(org, set)), limit: count + 1 });
      if (there.length > count) return;
      for (const adapter of adapters) {
        transaction.delete(adapterSetsPrefix(org, adapter) + set);
        transaction.add(adapterSetsCounter(org, adapter), -1);
      }
    }),
  );
}

function list(transaction: Transaction, org: string, adapters: readonly string[], set: string): void {
  for (const adapter of adapters) {
    transaction.put(adapterSetsPrefix(org, adapter) + set, Buffer.alloc(0));
    transaction.add(adapterSetsCounter(org, adapter), 1);
  }
}
