/** Validates stored feedback again, after a change of the rules. */
import type { Actor } from '../audit/events.js';
import { planFilter } from '../feedback/index/filter.js';
import { countFeedback, feedbackPage } from '../feedback/list.js';
import { isChangedBy, validateStored, storeVerdict } from '../feedback/validate-stored.js';
import type { ValidationStatus } from '../model/facets.js';
import type { Feedback } from '../model/feedback.js';
import type { ValidationServices } from '../services.js';
import type { ProgressListener } from './progress.js';

export interface RevalidateRequest {
  /** Only entries of this status; all of them if it is not given. */
  readonly status?: ValidationStatus;
  /** Nothing is written. */
  readonly dryRun: boolean;
}

export interface RevalidateSummary {
  readonly validated: number;
  /** Reviewed or withdrawn: what people have decided goes before any rule. */
  readonly decided: number;
  /** How many of those validated say something else now. */
  readonly changed: number;
  /** How many went from one status to another, as in `flagged -> approved`; the same status stands for other reasons or texts. */
  readonly moves: ReadonlyMap<string, number>;
}

const ENTRIES_AT_ONCE = 100;

/** Goes through an organization's unused feedback, oldest first. What is used or held by a training batch is left alone. */
export async function revalidate(
  services: ValidationServices,
  actor: Actor,
  { status, dryRun }: RevalidateRequest,
  progress: ProgressListener,
): Promise<RevalidateSummary> {
  const { store, keyedHash } = services;
  const { org } = actor;
  const filter = { use: 'unused', ...(status !== undefined && { validationStatus: status }) } as const;
  const plan = planFilter(org, filter, keyedHash);
  const { count } = await store.read((reader) => countFeedback(reader, plan));
  progress.phase('Judging', count);
  const moves = new Map<string, number>();
  let validated = 0;
  let decided = 0;
  let changed = 0;

  const validateOne = async (feedback: Feedback): Promise<void> => {
    if (feedback.review !== undefined || feedback.withdrawn !== undefined) {
      decided += 1;
      return;
    }
    validated += 1;
    const verdict = await validateStored(services, org, feedback);
    if (!isChangedBy(feedback, verdict)) return;
    if (!dryRun && !(await storeVerdict(services, actor, feedback, verdict))) return;
    changed += 1;
    const move = `${feedback.validationStatus} -> ${verdict.status}`;
    moves.set(move, (moves.get(move) ?? 0) + 1);
  };

  // An entry that leaves the status that is asked for does not move the others: pages go on behind an id.
  for (let after: string | undefined; ;) {
    const request = { limit: ENTRIES_AT_ONCE, descending: false, ...(after !== undefined && { after }) };
    const page = await store.read((reader) => feedbackPage(reader, plan, request));
    for (const feedback of page.feedback) {
      await validateOne(feedback);
      progress.advance(1);
    }
    after = page.feedback.at(-1)?.id;
    if (!page.hasNext || after === undefined) return { validated, decided, changed, moves };
  }
}
