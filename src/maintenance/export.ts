import { feedbackStats } from '../feedback/index/stats.js';
import { decodeLink, type FeedbackLink } from '../feedback/links.js';
import { decodeFeedback, type Feedback } from '../model/feedback.js';
import { storedToWire } from '../model/wire-entry.js';
import { omitNullish } from '../omit-nullish.js';
import type { Entry, Store } from '../store/contract.js';
import { keyPrefix, lastComponent, prefixRange, splitKey } from '../store/keys.js';
import { feedbackPrefix } from '../store/layout.js';
import { findOrganizations } from '../store/organizations.js';
import { NO_PROGRESS, type ProgressListener } from './progress.js';

/** About how many characters come in one piece. */
const PIECE_CHARACTERS = 256 * 1024;

/**
 * All feedback of an organization, or of all of them, as JSON Lines in the order of their ids, in pieces of whole lines.
 * Nobody may write the store meanwhile.
 */
export async function* exportRows(
  store: Store,
  organization: string | undefined,
  progress: ProgressListener = NO_PROGRESS,
): AsyncGenerator<{ readonly lines: string; readonly count: number }, void> {
  const organizations = organization === undefined ? await findOrganizations(store) : [organization];
  const totals = await Promise.all(
    organizations.map((org) => store.read((reader) => feedbackStats(reader, org, [{ kind: 'all' }]))),
  );
  progress.phase(
    'Exporting',
    totals.flat().reduce((sum, { totalFeedback }) => sum + totalFeedback, 0),
  );
  for (const org of organizations) {
    let lines = '';
    let count = 0;
    for await (const [feedback, links] of withLinks(store, org)) {
      lines += `${JSON.stringify(toRow(org, feedback, links))}\n`;
      count += 1;
      if (lines.length < PIECE_CHARACTERS) continue;
      yield { lines, count };
      progress.advance(count);
      lines = '';
      count = 0;
    }
    if (count === 0) continue;
    yield { lines, count };
    progress.advance(count);
  }
}

type LinkOf = readonly [adapterId: string, link: FeedbackLink];

/** An entry as REST returns it (docs/api.md, "Read an entry") with its organization and links. Times are epoch ms. */
function toRow(organization: string, feedback: Feedback, links: readonly LinkOf[]): object {
  const { id, ...entry } = storedToWire(feedback);
  return {
    id,
    organization,
    ...entry,
    updated_at: feedback.updatedAt,
    submitted_by: feedback.submittedBy,
    links: links.map(([adapterId, link]) => ({
      adapter_id: adapterId,
      ...omitNullish({ adapter_version: link.adapterVersion, metadata: link.metadata }),
      created_at: link.createdAt,
      created_by: link.createdBy,
    })),
  };
}

/** Each feedback with its links. Both are stored in the order of feedback ids, so one pass over each is enough. */
async function* withLinks(store: Store, org: string): AsyncGenerator<[Feedback, LinkOf[]], void> {
  const edges = singly(store.snapshot(prefixRange(keyPrefix('edge', org, 'FEEDBACK_FOR', 'out'))));
  try {
    let next = await edges.next();
    for await (const { key, value } of singly(store.snapshot(prefixRange(feedbackPrefix(org))))) {
      const id = lastComponent(key);
      const links: LinkOf[] = [];
      while (next.done !== true) {
        const [from = '', adapterId = ''] = splitKey(next.value.key).slice(-2);
        if (from > id) break;
        if (from === id) links.push([adapterId, decodeLink(next.value.value)]);
        next = await edges.next();
      }
      yield [decodeFeedback(value), links];
    }
  } finally {
    await edges.return();
  }
}

async function* singly(pieces: AsyncIterable<Entry[]>): AsyncGenerator<Entry, void> {
  for await (const piece of pieces) yield* piece;
}
