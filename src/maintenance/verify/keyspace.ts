/** Which keys there may be at all: the kinds, their organizations, and what lies between them. */
import { adapterSetListings } from '../../feedback/index/adapter-sets.js';
import { DEFINITIONS, indexRange, KINDS_WITH_ENTRIES } from '../../feedback/index/index-keys.js';
import { compareKeys } from '../../store/byte-order.js';
import type { KeyRange } from '../../store/contract.js';
import { escapeComponent, keyPrefix, prefixRange, unescapeComponent } from '../../store/keys.js';
import { ORGANIZATION_KINDS, STORE_KINDS, type EdgeType } from '../../store/layout.js';
import { leapOrganizations } from '../../store/organizations.js';
import { type Check, reportInconsistency, eachChunk, malformed, type StoreCheck } from './check.js';
import type { KeyKind } from './report.js';

export const EDGE_TYPES: readonly EdgeType[] = ['DERIVED_FROM', 'FEEDBACK_FOR', 'INCLUDES', 'TRAINED_ON'];

/** Everything but the store's private keys. */
const WHOLE: KeyRange = { gte: '\u0001', lt: '\u{10ffff}' };

export function edgeRange(org: string, type: EdgeType, side: 'in' | 'out'): KeyRange {
  return prefixRange(keyPrefix('edge', org, type, side));
}

/** Reports every key that no kind of key covers. */
export async function checkKinds(check: StoreCheck): Promise<void> {
  const known = [...ORGANIZATION_KINDS, ...STORE_KINDS].map((kind) => prefixRange(`${kind}:`));
  await reportBetween(check, 'unknown', WHOLE, known);
}

/** Reports every key of an organization that no index and no type of edge covers. */
export async function checkRanges(check: Check): Promise<void> {
  const { org } = check;
  const indexes = KINDS_WITH_ENTRIES.filter((kind) => DEFINITIONS[kind].entries === 'index');
  await reportBetween(check, 'index', prefixRange(keyPrefix('index', org)), [
    ...indexes.map((kind) => indexRange(org, kind)),
    adapterSetListings(org),
  ]);
  const edges = EDGE_TYPES.flatMap((type) => [edgeRange(org, type, 'in'), edgeRange(org, type, 'out')]);
  await reportBetween(check, 'edge', prefixRange(keyPrefix('edge', org)), edges);
}

async function reportBetween(
  check: StoreCheck,
  kind: KeyKind,
  whole: KeyRange,
  known: readonly KeyRange[],
): Promise<void> {
  const inOrder = [...known].sort((a, b) => compareKeys(a.gte, b.gte));
  const starts = [whole.gte, ...inOrder.map(({ lt }) => lt)];
  const ends = [...inOrder.map(({ gte }) => gte), whole.lt];
  for (const [index, gte] of starts.entries()) {
    const lt = ends[index];
    if (lt === undefined || compareKeys(gte, lt) >= 0) continue;
    await eachChunk(check, kind, { gte, lt }, (entries) => {
      for (const { key } of entries) malformed(check, kind, key);
    });
  }
}

/** The organizations that any key names; reports keys that name none. */
export async function checkedOrganizations(check: StoreCheck): Promise<string[]> {
  const found = new Set<string>();
  for (const kind of ORGANIZATION_KINDS) {
    for await (const { key, component } of leapOrganizations(check.store, kind)) {
      const org = component === undefined ? undefined : unescapeComponent(component);
      if (org === undefined) malformed(check, kind, key);
      else if (escapeComponent(org) === component) found.add(org);
      else reportInconsistency(check, kind, key, 'and adjacent keys name an organization in an invalid form');
    }
  }
  return [...found].sort();
}
