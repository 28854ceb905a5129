import { ApiError } from '../errors.js';
import type { KeyRange, Reader, Transaction } from '../store/contract.js';
import { type EdgeEnds, readEdges } from '../store/edges.js';
import { lastComponent, prefixRange } from '../store/keys.js';
import {
  counterKey,
  edgeInKey,
  edgeInPrefix,
  edgeOutKey,
  edgeOutPrefix,
  NO_FACET,
  taggedName,
  taggedRange,
} from '../store/layout.js';
import { decodeRecord, encodeRecord } from '../store/record.js';
import type { NeighbourList } from './adapters.js';

/** The most adapters that one adapter may be derived from. */
export const MAX_PARENTS = 32;
/** The most ancestors that an adapter may have: what a check for cycles reads is bounded by it. */
export const MAX_ANCESTORS = 10_000;

/** How a model comes from another one, in the words of model cards (`base_model_relation`). */
export const DERIVATION_RELATIONS = ['adapter', 'finetune', 'merge', 'quantized'] as const;
export type DerivationRelation = (typeof DERIVATION_RELATIONS)[number];

/** A parent of an adapter, with the kind of derivation if it is known. */
export interface Parent {
  readonly id: string;
  readonly relation?: DerivationRelation;
  /** Of the parent: a branch, a tag or a commit. */
  readonly revision?: string;
}

/** Properties of a `DERIVED_FROM` edge. */
export interface Derivation extends Omit<Parent, 'id'> {
  /** Epoch ms. */
  readonly createdAt: number;
  /** The token's `sub` of who said so. */
  readonly createdBy: string;
}

export function decodeDerivation(value: Buffer): Derivation {
  return decodeRecord(value) as Derivation;
}

/** What edges say of derivations, in the order of `ends`; `undefined` for one that is not there. */
export async function findDerivations(
  reader: Reader,
  org: string,
  ends: readonly EdgeEnds[],
): Promise<(Derivation | undefined)[]> {
  const values = await readEdges(reader, org, 'DERIVED_FROM', ends);
  return values.map((value) => value && decodeDerivation(value));
}

/** What an adapter was derived from, as a list to page through. */
export function parentList(org: string, adapterId: string): NeighbourList {
  return {
    prefix: edgeOutPrefix(org, 'DERIVED_FROM', adapterId),
    count: async (reader) => (await findParents(reader, org, adapterId)).length,
  };
}

/** What was derived from an adapter, as a list to page through. */
export function derivativeList(org: string, adapterId: string): NeighbourList {
  return {
    prefix: edgeInPrefix(org, 'DERIVED_FROM', adapterId, NO_FACET),
    count: async (reader) => (await reader.counters([derivativeCounter(org, adapterId)]))[0] ?? 0,
  };
}

/** What an adapter was derived from: at most {@link MAX_PARENTS} ids. */
export async function findParents(reader: Reader, org: string, adapterId: string): Promise<string[]> {
  const keys = await reader.scanKeys({
    ...prefixRange(edgeOutPrefix(org, 'DERIVED_FROM', adapterId)),
    limit: MAX_PARENTS,
  });
  return keys.map(lastComponent);
}

/** How many adapters were derived from this one. */
export function derivativeCounter(org: string, adapterId: string): string {
  return counterKey(org, taggedName('children', adapterId), NO_FACET);
}

/** The counters of all derivatives. */
export function derivativeCounters(org: string): KeyRange {
  return taggedRange('count', org, 'children');
}

/**
 * Makes `parents` what `child` is derived from, in place of what it was derived from before. Edges that stay keep what
 * `parents` does not say otherwise.
 * @throws {ApiError} CONFLICT naming the path, if the child would become its own ancestor.
 */
export async function replaceParents(
  transaction: Transaction,
  org: string,
  child: string,
  parents: readonly (string | Parent)[],
  made: Pick<Derivation, 'createdAt' | 'createdBy'>,
): Promise<void> {
  const before = new Set(await findParents(transaction, org, child));
  const after = new Map(parents.map(asParent).map(({ id, ...said }) => [id, said]));
  const added = [...after.keys()].filter((parent) => !before.has(parent));
  await refuseCycle(transaction, org, child, added);
  for (const parent of before) {
    if (after.has(parent)) continue;
    transaction.delete(edgeOutKey(org, 'DERIVED_FROM', child, parent));
    transaction.delete(edgeInKey(org, 'DERIVED_FROM', parent, NO_FACET, child));
    transaction.add(derivativeCounter(org, parent), -1);
  }
  for (const parent of added) {
    const derivation: Derivation = { ...made, ...after.get(parent) };
    transaction.put(edgeOutKey(org, 'DERIVED_FROM', child, parent), encodeRecord(derivation));
    transaction.put(edgeInKey(org, 'DERIVED_FROM', parent, NO_FACET, child), Buffer.alloc(0));
    transaction.add(derivativeCounter(org, parent), 1);
  }
  await sayMore(
    transaction,
    [...after].flatMap(([parent, said]) =>
      before.has(parent) && Object.keys(said).length > 0
        ? [{ key: edgeOutKey(org, 'DERIVED_FROM', child, parent), said }]
        : [],
    ),
  );
}

/** A parent by id alone, or with the kind of derivation. */
export function asParent(parent: string | Parent): Parent {
  return typeof parent === 'string' ? { id: parent } : parent;
}

/** Adds to the properties of edges that are there. */
async function sayMore(
  transaction: Transaction,
  edges: readonly { readonly key: string; readonly said: Omit<Parent, 'id'> }[],
): Promise<void> {
  const stored = await transaction.getMany(edges.map(({ key }) => key));
  edges.forEach(({ key, said }, index) => {
    const value = stored[index];
    if (value !== undefined) transaction.put(key, encodeRecord({ ...decodeDerivation(value), ...said }));
  });
}

/** Walks up from `parents`, level by level, each ancestor once, looking for `child`. */
async function refuseCycle(reader: Reader, org: string, child: string, parents: readonly string[]): Promise<void> {
  /** Each ancestor seen, with the one below it on the way to `child`. */
  const below = new Map<string, string>(parents.map((parent) => [parent, child]));
  for (let level = [...below.keys()]; level.length > 0;) {
    if (below.has(child)) {
      throw new ApiError('CONFLICT', `DERIVED_FROM must not form a cycle: ${cyclePath(below, child).join(' -> ')}`);
    }
    if (below.size > MAX_ANCESTORS) {
      throw new ApiError('CONFLICT', `An adapter can have at most ${MAX_ANCESTORS} ancestors`);
    }
    const above = await Promise.all(level.map((id) => findParents(reader, org, id)));
    const next: string[] = [];
    above.forEach((ids, index) => {
      for (const id of ids) {
        if (below.has(id)) continue;
        below.set(id, level[index] ?? child);
        next.push(id);
      }
    });
    level = next;
  }
}

/** The way from `child` up to itself. */
function cyclePath(below: ReadonlyMap<string, string>, child: string): string[] {
  const path = [child];
  for (let id = below.get(child); id !== undefined && id !== child; id = below.get(id)) path.unshift(id);
  return [child, ...path];
}
