/** How the table of indexes stands in keys: names, index entries, counters and their ranges. */
import { isFacet } from '../../model/facets.js';
import type { Key, KeyRange } from '../../store/contract.js';
import { escapeComponent, keyPrefix, padNumber, prefixRange, unescapeComponent } from '../../store/keys.js';
import { counterKey, edgeInPrefix, indexPrefix, taggedRange } from '../../store/layout.js';
import { type IndexDefinition, type IndexKind, INDEXES, type SecondaryIndex } from './table.js';

/** The table without what tells its rows apart, for those who go through all of it. */
export const DEFINITIONS: Readonly<Record<IndexKind, IndexDefinition>> = INDEXES;
export const INDEX_KINDS = Object.keys(INDEXES) as IndexKind[];
/** Those that have index entries beside their counters. */
export const KINDS_WITH_ENTRIES = INDEX_KINDS.filter((kind) => DEFINITIONS[kind].entries !== 'none');

export type IndexValues = Readonly<Record<string, string | number>>;

/** The index of a kind with values that its row has given, or that were checked against it. */
export function toIndex(kind: IndexKind, values: IndexValues): SecondaryIndex {
  return Object.assign({ kind }, values) as SecondaryIndex;
}

/** Digits of a moment (epoch ms) in keys, whose order is then the order of time. */
const TIME_DIGITS = 15;

function indexName(index: SecondaryIndex): string {
  return nameOfIndex(index.kind, index);
}

/** The name of an index in keys: the code of its kind, then its values, each a component of its own. */
export function nameOfIndex(kind: IndexKind, given: IndexValues): string {
  const { code, values } = DEFINITIONS[kind];
  let name = code;
  let separator = '=';
  for (const value in values) {
    name += separator + encodeValue(given[value] ?? '');
    separator = ':';
  }
  return name;
}

function encodeValue(value: string | number): string {
  return typeof value === 'number' ? padNumber(value, TIME_DIGITS) : escapeComponent(value);
}

export interface IndexKeys {
  /** The index entry of a feedback entry; absent where the index has none. */
  readonly entry?: Key;
  readonly counter: Key;
}

/** The keys that stand for a feedback entry of a facet in an index. */
export function indexKeys(org: string, index: SecondaryIndex, facet: string, feedbackId: string): IndexKeys {
  const { prefix, counter } = facetKeys(org, index.kind, index, indexName(index), facet);
  return prefix === undefined ? { counter } : { entry: prefix + escapeComponent(feedbackId), counter };
}

/** The keys of one facet of an index. */
export interface FacetKeys {
  /** What its index entries start with, where it has any; the feedback id follows. */
  readonly prefix: Key | undefined;
  readonly counter: Key;
}

/** @param name what {@link nameOfIndex} makes of kind and values */
export function facetKeys(org: string, kind: IndexKind, values: IndexValues, name: string, facet: string): FacetKeys {
  const hasEntries = DEFINITIONS[kind].entries !== 'none';
  return {
    prefix: hasEntries ? entryPrefix(org, kind, values, name, facet) : undefined,
    counter: counterKey(org, name, facet),
  };
}

/** What the index entries of one facet start with; the feedback id follows. */
export function indexEntryPrefix(org: string, index: SecondaryIndex, facet: string): Key {
  return entryPrefix(org, index.kind, index, indexName(index), facet);
}

function entryPrefix(org: string, kind: IndexKind, { adapter }: IndexValues, name: string, facet: string): Key {
  return kind === 'adapter' ? edgeInPrefix(org, 'FEEDBACK_FOR', String(adapter), facet) : indexPrefix(org, name, facet);
}

export function indexCounterKey(org: string, index: SecondaryIndex, facet: string): Key {
  return counterKey(org, indexName(index), facet);
}

/** The index entries of all indexes of a kind, which must have some. */
export function indexRange(org: string, kind: IndexKind): KeyRange {
  return DEFINITIONS[kind].entries === 'edge'
    ? prefixRange(keyPrefix('edge', org, 'FEEDBACK_FOR', 'in'))
    : rangeIn('index', org, kind);
}

/** The counters of all indexes of a kind. */
export function indexCounterRange(org: string, kind: IndexKind): KeyRange {
  return rangeIn('count', org, kind);
}

function rangeIn(table: 'index' | 'count', org: string, kind: IndexKind): KeyRange {
  const { code, values } = DEFINITIONS[kind];
  return Object.keys(values).length === 0 ? prefixRange(keyPrefix(table, org, code)) : taggedRange(table, org, code);
}

/** The index entries of one index, of whatever facet; not of an adapter, whose entries are edges. */
export function entriesOfAllFacets(
  org: string,
  index: Exclude<SecondaryIndex, { readonly kind: 'adapter' }>,
): KeyRange {
  return prefixRange(`${keyPrefix('index', org)}${indexName(index)}:`);
}

/** The index entries of a kind that is in the order of time, up to a moment (epoch ms), that one included. */
export function indexRangeUntil(org: string, kind: 'due' | 'reviewLease', until: number): KeyRange {
  const { gte } = indexRange(org, kind);
  return { gte, lt: gte + padNumber(until + 1, TIME_DIGITS) };
}

export interface IndexEntry {
  readonly index: SecondaryIndex;
  readonly facet: string;
  readonly feedbackId: string;
}

const KIND_BY_CODE = new Map(
  KINDS_WITH_ENTRIES.filter((kind) => DEFINITIONS[kind].entries === 'index').map((kind) => [
    DEFINITIONS[kind].code,
    kind,
  ]),
);

/** Which index entry a key is; `undefined` for a key that no index has. */
export function parseIndexEntry(org: string, key: Key): IndexEntry | undefined {
  const components = key.split(':');
  const feedbackId = unescapeComponent(components.pop() ?? '');
  const facet = components.pop() ?? '';
  const index = key.startsWith('edge:')
    ? parseValues('adapter', components.slice(4))
    : parseIndexName(components.slice(2));
  if (index === undefined || !isFacet(facet)) return undefined;
  return indexKeys(org, index, facet, feedbackId).entry === key ? { index, facet, feedbackId } : undefined;
}

function parseIndexName([first = '', ...rest]: readonly string[]): SecondaryIndex | undefined {
  const equals = first.indexOf('=');
  const kind = KIND_BY_CODE.get(equals < 0 ? first : first.slice(0, equals));
  return kind && parseValues(kind, equals < 0 ? rest : [first.slice(equals + 1), ...rest]);
}

function parseValues(kind: IndexKind, components: readonly string[]): SecondaryIndex | undefined {
  const types = Object.entries(DEFINITIONS[kind].values);
  if (types.length !== components.length) return undefined;
  const values = types.map(([name, type], at) => {
    const text = unescapeComponent(components[at] ?? '');
    return [name, type === 'time' ? Number(text) : text] as const;
  });
  // A moment that no number stands for is of no entry.
  if (values.some(([, value]) => typeof value === 'number' && !Number.isSafeInteger(value))) return undefined;
  return toIndex(kind, Object.fromEntries(values));
}

/** An index in words; users are named by their hash alone. */
export function describeIndex(index: SecondaryIndex): string {
  const given: IndexValues = index;
  return DEFINITIONS[index.kind].description.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(given[name]));
}
