/** Everything that an organization has about one person, row by row, in memory that does not grow with it. */
import type { StoredEvent } from '../../audit/events.js';
import { planFilter } from '../../feedback/index/filter.js';
import { decodeLink, type FeedbackLink } from '../../feedback/links.js';
import { feedbackPage } from '../../feedback/list.js';
import { findFeedback } from '../../feedback/read.js';
import { type SavedView, viewsOwnedBy } from '../../feedback/saved-views.js';
import { earlierVersions } from '../../feedback/versions.js';
import type { Feedback } from '../../model/feedback.js';
import { nodeKind } from '../../model/node.js';
import { storedToWire } from '../../model/wire-entry.js';
import { omitNullish } from '../../omit-nullish.js';
import type { DomainServices } from '../../services.js';
import type { Reader } from '../../store/contract.js';
import { lastComponent, prefixRange } from '../../store/keys.js';
import { edgeOutPrefix } from '../../store/layout.js';
import { eventsOfActor } from './forget-name.js';

/** An entry may be as long as a request. */
const ENTRIES_AT_ONCE = 20;

/** A row of an export: what it is, and its fields by their documented names. Times are epoch ms. */
export type PersonRow = {
  readonly kind: 'entry' | 'version' | 'review' | 'link' | 'audit_event' | 'saved_view';
} & Readonly<Record<string, unknown>>;

/**
 * What a person is in, as the user that clients name or as the `sub` of tokens: entries with their links and all their
 * versions, reviews and links of other people's entries, the audit events of what they did, and the views that they have
 * saved. Nobody, no row.
 */
export async function* exportPerson(
  services: Pick<DomainServices, 'store' | 'keyedHash'>,
  org: string,
  name: string,
): AsyncGenerator<PersonRow, void> {
  yield* entriesOfUser(services, org, name);
  let last: string | undefined;
  for await (const event of eventsOfActor(services.store, org, name)) {
    if (event.node !== last) yield* partInEntry(services, org, event.node, name);
    last = event.node;
    yield toEventRow(event);
  }
  const { store, keyedHash } = services;
  for (const view of await store.read((reader) => viewsOwnedBy(reader, keyedHash, org, name))) yield toViewRow(view);
}

async function* entriesOfUser(
  services: Pick<DomainServices, 'store' | 'keyedHash'>,
  org: string,
  userId: string,
): AsyncGenerator<PersonRow, void> {
  const { store, keyedHash } = services;
  const plan = planFilter(org, { userId }, keyedHash);
  for (let after: string | undefined; ;) {
    const request = { limit: ENTRIES_AT_ONCE, descending: false, ...omitNullish({ after }) };
    const page = await store.read((reader) => feedbackPage(reader, plan, request));
    for (const feedback of page.feedback) yield* wholeEntry(services, org, feedback, userId);
    after = page.feedback.at(-1)?.id;
    if (!page.hasNext || after === undefined) return;
  }
}

async function* wholeEntry(
  { store }: Pick<DomainServices, 'store'>,
  org: string,
  feedback: Feedback,
  name: string,
): AsyncGenerator<PersonRow, void> {
  const links = await store.read((reader) => readLinks(reader, org, feedback.id));
  yield {
    kind: 'entry',
    ...toVersionRow(feedback),
    links: links.map(([adapterId, link]) => toLinkFields(adapterId, link, name)),
  };
  for await (const versions of earlierVersions(store, org, feedback)) {
    for (const version of versions) yield { kind: 'version', ...toVersionRow(version) };
  }
}

/** What the person has done to an entry: it is theirs without being in their name, or they have reviewed or linked it. */
async function* partInEntry(
  services: Pick<DomainServices, 'store'>,
  org: string,
  node: string,
  name: string,
): AsyncGenerator<PersonRow, void> {
  if (nodeKind(node) !== 'Feedback') return;
  const { feedback, links } = await services.store.read(async (reader) => {
    const [found] = await findFeedback(reader, org, [node]);
    return { feedback: found, links: found === undefined ? [] : await readLinks(reader, org, node) };
  });
  if (feedback === undefined) return;
  const isOwn = feedback.userId === name || feedback.submittedBy === name;
  if (isOwn && feedback.userId !== name) yield* wholeEntry(services, org, feedback, name);
  const { review } = feedback;
  if (review?.reviewer === name) {
    const { verdict, at, reason, version } = review;
    yield { kind: 'review', feedback_id: node, verdict, at, ...omitNullish({ reason }), version };
  }
  for (const [adapterId, link] of isOwn ? [] : links) {
    if (link.createdBy === name) yield { kind: 'link', feedback_id: node, ...toLinkFields(adapterId, link, name) };
  }
}

async function readLinks(reader: Reader, org: string, id: string): Promise<(readonly [string, FeedbackLink])[]> {
  const edges = await reader.scan({ ...prefixRange(edgeOutPrefix(org, 'FEEDBACK_FOR', id)), limit: Infinity });
  return edges.map(({ key, value }) => [lastComponent(key), decodeLink(value)] as const);
}

function toVersionRow(feedback: Feedback): object {
  return { ...storedToWire(feedback), updated_at: feedback.updatedAt, submitted_by: feedback.submittedBy };
}

/** Others who have linked the entry are not named: the export is about one person. */
function toLinkFields(adapterId: string, link: FeedbackLink, name: string): object {
  return {
    adapter_id: adapterId,
    ...omitNullish({ adapter_version: link.adapterVersion, metadata: link.metadata }),
    created_at: link.createdAt,
    ...(link.createdBy === name && { created_by: name }),
  };
}

function toViewRow({ id, name, filter, order, columns, isShared, createdAt, updatedAt }: SavedView): PersonRow {
  return {
    kind: 'saved_view',
    id,
    name,
    filter,
    ...omitNullish({ order }),
    columns,
    shared: isShared,
    created_at: createdAt,
    updated_at: updatedAt,
  };
}

function toEventRow({
  id,
  at,
  action,
  node,
  versionBefore,
  versionAfter,
  requestId,
  reason,
  details,
}: StoredEvent): PersonRow {
  return {
    kind: 'audit_event',
    id,
    at,
    action,
    node,
    version_before: versionBefore,
    version_after: versionAfter,
    request_id: requestId,
    ...omitNullish({ reason, details }),
  };
}
