/** Which entries a bulk operation is of, and what it would do to them. */
import type { Actor } from '../../audit/events.js';
import { InvalidInputError } from '../../errors.js';
import type { DomainServices } from '../../services.js';
import type { Reader } from '../../store/contract.js';
import type { FilterPlan } from '../index/filter.js';
import { boundsAfter } from '../index/id-streams.js';
import { selectedIds } from '../index/selected-ids.js';
import { feedbackPage } from '../list.js';
import { isSearchPlan } from '../search/searched-ids.js';
import { assessEntries } from './assess.js';
import { addSkipped, type BulkChange, MAX_BULK_ENTRIES, type SkippedCounts } from './operation.js';

/** Either of the two. */
export type BulkSelection = { readonly ids: readonly string[] } | { readonly plan: FilterPlan };

const READ_AT_ONCE = 1_000;
/** A search looks through so many pages at most. */
const MAX_SEARCH_PAGES = 50;

/**
 * The ids that are selected, each once, in their order.
 * @throws {InvalidInputError} if they are none, or more than {@link MAX_BULK_ENTRIES}
 */
export async function selectEntries(
  { store }: Pick<DomainServices, 'store'>,
  selection: BulkSelection,
): Promise<readonly string[]> {
  if ('ids' in selection) {
    const { ids } = selection;
    if (ids.length < 1 || ids.length > MAX_BULK_ENTRIES) {
      throw new InvalidInputError([{ field: 'ids', problem: `must be a list of 1 to ${MAX_BULK_ENTRIES} ids` }]);
    }
    return [...new Set(ids)].sort();
  }
  const { plan } = selection;
  const selected = isSearchPlan(plan)
    ? await selectSearched(store, plan)
    : await store.read((reader) => selectPlanned(reader, plan));
  if (selected.length > MAX_BULK_ENTRIES) throw tooMany(`must select at most ${MAX_BULK_ENTRIES} entries; narrow it`);
  return selected;
}

function tooMany(problem: string): InvalidInputError {
  return new InvalidInputError([{ field: 'filter', problem }]);
}

/** One more than an operation may have tells that there are more. */
async function selectPlanned(reader: Reader, plan: FilterPlan): Promise<readonly string[]> {
  const stream = await selectedIds(reader, plan, false);
  const ids: string[] = [];
  for (let bounds = plan.bounds; ids.length <= MAX_BULK_ENTRIES;) {
    const some = await stream(bounds, READ_AT_ONCE);
    ids.push(...some);
    const last = some.at(-1);
    if (last === undefined || some.length < READ_AT_ONCE) break;
    bounds = boundsAfter(bounds, last, false);
  }
  return ids;
}

async function selectSearched(store: DomainServices['store'], plan: FilterPlan): Promise<readonly string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  for (let pages = 0; ids.length <= MAX_BULK_ENTRIES; pages++) {
    if (pages === MAX_SEARCH_PAGES) throw tooMany('has a search that looks through too many entries; narrow it');
    const request = { limit: READ_AT_ONCE, descending: false, ...(after !== undefined && { after }) };
    const page = await store.read((reader) => feedbackPage(reader, plan, request));
    ids.push(...page.feedback.map(({ id }) => id));
    after = page.end ?? page.feedback.at(-1)?.id;
    if (!page.hasNext || after === undefined) break;
  }
  return ids;
}

export interface BulkPreview {
  readonly selected: number;
  /** How many of them the change would change now. */
  readonly changed: number;
  readonly skipped: SkippedCounts;
}

/** Entries may be as long as a request. */
const ASSESSED_AT_ONCE = 200;

/** What an operation would do now. Its entries are read some at a time. @throws as {@link selectEntries} */
export async function previewBulkOperation(
  services: Pick<DomainServices, 'store' | 'now'>,
  actor: Actor,
  selection: BulkSelection,
  change: BulkChange,
): Promise<BulkPreview> {
  const ids = await selectEntries(services, selection);
  const at = services.now();
  let [changed, skipped]: [number, SkippedCounts] = [0, {}];
  for (let from = 0; from < ids.length; from += ASSESSED_AT_ONCE) {
    const some = ids.slice(from, from + ASSESSED_AT_ONCE);
    const reasons = await services.store.read(async (reader) =>
      (await assessEntries(reader, actor, change, some, at)).flatMap(({ refusal }) => refusal ?? []),
    );
    changed += some.length - reasons.length;
    skipped = addSkipped(skipped, reasons);
  }
  return { selected: ids.length, changed, skipped };
}
