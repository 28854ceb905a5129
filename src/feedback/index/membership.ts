/** Which indexes a feedback entry is in, and how it is moved between them. */
import type { KeyedHash } from '../../audit/keyed-hash.js';
import type { Feedback } from '../../model/feedback.js';
import type { Transaction } from '../../store/contract.js';
import { escapeComponent } from '../../store/keys.js';
import {
  DEFINITIONS,
  INDEX_KINDS,
  type FacetKeys,
  facetKeys,
  indexCounterKey,
  indexKeys,
  type IndexValues,
  nameOfIndex,
  toIndex,
} from './index-keys.js';
import type { IndexKind, SecondaryIndex } from './table.js';

/** The kinds of indexes that an entry is in because of what it is linked to. */
export const LINK_INDEX_KINDS = INDEX_KINDS.filter(dependsOnLinks);

export function dependsOnLinks(kind: IndexKind): boolean {
  return DEFINITIONS[kind].dependsOn.includes('links');
}

/**
 * The indexes that an entry is in.
 * @param adapters all that it is linked to
 */
export function listIndexes(
  org: string,
  feedback: Feedback,
  adapters: readonly string[],
  keyedHash: KeyedHash,
  kinds: readonly IndexKind[] = INDEX_KINDS,
): SecondaryIndex[] {
  const context = { adapters, hash: (text: string): string => keyedHash(org, text) };
  const indexes: SecondaryIndex[] = [];
  for (const kind of kinds) {
    for (const values of DEFINITIONS[kind].holds(feedback, context)) indexes.push(toIndex(kind, values));
  }
  return indexes;
}

/** The fields that decide which indexes an entry is in. */
const INDEXED_FIELDS = [...new Set(INDEX_KINDS.flatMap((kind) => DEFINITIONS[kind].dependsOn))].filter(
  (field) => field !== 'links',
);
const NO_KINDS: readonly IndexKind[] = [];

/** The kinds of indexes in which the fields of one version of an entry may have another place than those of another. */
export function affectedIndexKinds(before: Feedback, after: Feedback): readonly IndexKind[] {
  if (INDEXED_FIELDS.every((field) => before[field] === after[field])) return NO_KINDS;
  return INDEX_KINDS.filter((kind) =>
    DEFINITIONS[kind].dependsOn.some((field) => field !== 'links' && before[field] !== after[field]),
  );
}

const EMPTY = Buffer.alloc(0);

/** What moving entries between indexes takes of a transaction. */
type IndexWrites = Pick<Transaction, 'put' | 'delete' | 'add'>;

export function addToIndex(
  transaction: IndexWrites,
  org: string,
  index: SecondaryIndex,
  facet: string,
  feedbackId: string,
): void {
  const { entry, counter } = indexKeys(org, index, facet, feedbackId);
  if (entry !== undefined) transaction.put(entry, EMPTY);
  transaction.add(counter, 1);
}

export function removeFromIndex(
  transaction: IndexWrites,
  org: string,
  index: SecondaryIndex,
  facet: string,
  feedbackId: string,
): void {
  const { entry, counter } = indexKeys(org, index, facet, feedbackId);
  if (entry !== undefined) transaction.delete(entry);
  transaction.add(counter, -1);
}

/** Moves of entries whose indexes stay as they are from one facet to another. */
export interface FacetMoves {
  /** @param adapters all that the entry is linked to */
  readonly move: (feedback: Feedback, adapters: readonly string[], from: string, to: string) => void;
  /** Counts all moves. Nothing may be moved afterwards. */
  readonly end: () => void;
}

/** An index, between two facets of it. */
interface IndexMove {
  readonly from: FacetKeys;
  readonly to: FacetKeys;
  moved: number;
}

/**
 * Begins moves of one transaction. Entries of a group share most of their indexes: the keys of an index are made once for all
 * of them, and its counters are added to once.
 */
export function createFacetMoves(transaction: IndexWrites, org: string, keyedHash: KeyedHash): FacetMoves {
  const hash = (text: string): string => keyedHash(org, text);
  const known = new Map<string, IndexMove>();
  const findMove = (kind: IndexKind, values: IndexValues, from: string, to: string): IndexMove => {
    const name = nameOfIndex(kind, values);
    const place = from + to + name;
    let found = known.get(place);
    if (found === undefined) {
      found = {
        from: facetKeys(org, kind, values, name, from),
        to: facetKeys(org, kind, values, name, to),
        moved: 0,
      };
      known.set(place, found);
    }
    return found;
  };
  return {
    move: (feedback, adapters, from, to) => {
      const context = { adapters, hash };
      const id = escapeComponent(feedback.id);
      for (const kind of INDEX_KINDS) {
        for (const values of DEFINITIONS[kind].holds(feedback, context)) {
          const move = findMove(kind, values, from, to);
          move.moved += 1;
          if (move.from.prefix !== undefined) transaction.delete(move.from.prefix + id);
          if (move.to.prefix !== undefined) transaction.put(move.to.prefix + id, EMPTY);
        }
      }
    },
    end: () => {
      for (const { from, to, moved } of known.values()) {
        transaction.add(from.counter, -moved);
        transaction.add(to.counter, moved);
      }
      known.clear();
    },
  };
}

/** Takes an entry out of the indexes that only `before` names, and puts it into those that only `after` names. */
export function moveBetweenIndexes(
  transaction: Transaction,
  org: string,
  facet: string,
  feedbackId: string,
  before: readonly SecondaryIndex[],
  after: readonly SecondaryIndex[],
): void {
  const keyOf = (index: SecondaryIndex): string => indexCounterKey(org, index, facet);
  const [was, is] = [new Set(before.map(keyOf)), new Set(after.map(keyOf))];
  for (const index of before) if (!is.has(keyOf(index))) removeFromIndex(transaction, org, index, facet, feedbackId);
  for (const index of after) if (!was.has(keyOf(index))) addToIndex(transaction, org, index, facet, feedbackId);
}
