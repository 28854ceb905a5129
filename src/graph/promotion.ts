/** Promoting adapters: the rules are checked, and the stage is changed with all that led to it. */
import { type Adapter, type AdapterStage, findAdapter, findAdapters } from '../adapters/adapters.js';
import {
  checkPromotionRules,
  GATED_STAGES,
  type PromotionRule,
  readPromotionRules,
} from '../adapters/promotion-rules.js';
import { expectRevision } from '../adapters/register.js';
import { changeStage, isAtStage } from '../adapters/stages.js';
import type { Actor } from '../audit/events.js';
import { findFirstAnswer, type Idempotency, runIdempotent } from '../audit/idempotency.js';
import { ApiError, InvalidInputError, type Issue } from '../errors.js';
import { adapterIdProblem, countCharacters, idProblem, throwIssues } from '../model/input.js';
import { omitNullish } from '../omit-nullish.js';
import type { DomainServices } from '../services.js';
import type { Store, Transaction } from '../store/contract.js';
import { type CheckedState, checkPromotion, currentEvaluations, type PromotionCheck } from './promotion-check.js';

/** The most adapters that one promotion retires. */
export const MAX_RETIRED = 32;
/** Characters. */
export const MAX_STAGE_REASON = 500;
/** How often what a check went by may change while it runs. */
const MAX_ATTEMPTS = 5;

export interface PromotionRequest {
  readonly adapterId: string;
  readonly stage: AdapterStage;
  /** Rules that hold beside those of the organization. */
  readonly rules: readonly PromotionRule[];
  /** Whether to promote it whatever the rules say; needs a reason. */
  readonly force: boolean;
  readonly reason?: string;
  /** Adapters that are retired by the same change. */
  readonly retire: readonly string[];
  /** The revision that the adapter must be at. */
  readonly expectedRevision?: number;
}

export interface PromotionOutcome {
  /** Whether the adapter is at the stage now. */
  readonly promoted: boolean;
  /** What the rules said; absent where none had to be asked. */
  readonly check?: PromotionCheck;
  /** The new entry of its history; absent where it was at the stage already, or was refused. */
  readonly changeId?: string;
  readonly retired: readonly string[];
}

/** What is remembered under an idempotency key: ids alone. */
interface StoredOutcome {
  readonly changeId?: string;
  readonly retired: readonly string[];
}

/**
 * Puts an adapter at a stage if it passes the rules of that stage, and retires others by the same commit. An adapter that is
 * at the stage with its registered version stays as it is; another version has to pass. What the rules go by is told just before; where a registration, an evaluation or
 * other rules come in between, they are asked again.
 * @param read how the check reads, which may have a limit of its own
 * @throws {InvalidInputError}; {@link ApiError} NOT_FOUND; CONFLICT; {@link StaleVersionError}
 */
export async function promoteAdapter(
  { store, keyedHash }: DomainServices,
  actor: Actor,
  request: PromotionRequest,
  read: Store['read'],
  idempotency?: Idempotency,
): Promise<PromotionOutcome> {
  checkRequest(request);
  const { adapterId, stage, rules, force, expectedRevision } = request;
  const { org } = actor;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const [first, before] = await store.read((reader) =>
      Promise.all([findFirstAnswer(reader, idempotency), findAdapter(reader, org, adapterId)]),
    );
    if (first !== undefined) return { promoted: true, ...(first.answer as StoredOutcome) };
    if (before === undefined) throw new ApiError('NOT_FOUND', 'Adapter not found');
    expectRevision(adapterId, before, expectedRevision);
    const gated = isAtStage(before, stage) ? undefined : GATED_STAGES.find((each) => each === stage);
    const checked =
      gated === undefined ? undefined : await checkPromotion(read, org, { adapterId, stage: gated, rules }, keyedHash);
    if (checked?.check.passed === false && !force) return { promoted: false, check: checked.check, retired: [] };
    const stored = await store.transact(async (transaction) => {
      // Outside of what is remembered: a change that came in between is no answer.
      if (!(await isUnchanged(transaction, org, before, checked?.state))) return undefined;
      return runIdempotent(transaction, idempotency, () => stageAll(transaction, actor, request, checked?.check));
    });
    if (stored !== undefined) return { promoted: true, ...omitNullish({ check: checked?.check }), ...stored };
  }
  throw new ApiError('CONFLICT', 'The adapter or the rules were changed again and again meanwhile; try again');
}

/** Whether what the check went by is still so. The rest of it, feedback, may have grown meanwhile. */
async function isUnchanged(
  transaction: Transaction,
  org: string,
  { id, revision }: Adapter,
  state: CheckedState | undefined,
): Promise<boolean> {
  const adapter = await findAdapter(transaction, org, id);
  if (adapter?.revision !== revision) return false;
  if (state === undefined) return true;
  if (state.adapter.revision !== revision) return false;
  const rules = await readPromotionRules(transaction, org);
  if (rules.revision !== state.rulesRevision) return false;
  return (await currentEvaluations(transaction, org, state)) === state.evaluations;
}

async function stageAll(
  transaction: Transaction,
  actor: Actor,
  { adapterId, stage, reason, retire }: PromotionRequest,
  check: PromotionCheck | undefined,
): Promise<StoredOutcome> {
  const [adapter, ...others] = await findAdapters(transaction, actor.org, [adapterId, ...retire]);
  if (adapter === undefined) throw new ApiError('NOT_FOUND', 'Adapter not found');
  const missing = retire.find((_, index) => others[index] === undefined);
  if (missing !== undefined) {
    throw new InvalidInputError([{ field: 'retire', problem: `must be ids of adapters; '${missing}' is none` }]);
  }
  const toRetire = others.filter((each): each is Adapter => each !== undefined && each.stage !== 'retired');
  const at = transaction.stamp(actor.org);
  const given = omitNullish({ reason });
  const changeId = isAtStage(adapter, stage)
    ? undefined
    : changeStage(
        transaction,
        actor,
        adapter,
        {
          ...given,
          stage,
          forced: check?.passed === false,
          results: check?.results ?? [],
          ...omitNullish({ rulesRevision: check?.rulesRevision }),
        },
        at,
      ).id;
  for (const each of toRetire) {
    const change = { ...given, stage: 'retired', forced: false, replacedBy: adapterId, results: [] } as const;
    changeStage(transaction, actor, each, change, at);
  }
  return { ...omitNullish({ changeId }), retired: toRetire.map(({ id }) => id) };
}

/** @throws {InvalidInputError} naming everything that is not allowed */
function checkRequest({ adapterId, stage, rules, force, reason, retire }: PromotionRequest): void {
  if (idProblem(adapterId) !== undefined) throw new ApiError('NOT_FOUND', 'Adapter not found');
  const issues: Issue[] = [];
  const isReason = reason !== undefined && reason.trim() !== '';
  if (reason !== undefined && (!isReason || countCharacters(reason) > MAX_STAGE_REASON || !reason.isWellFormed())) {
    issues.push({ field: 'reason', problem: `must be 1 to ${MAX_STAGE_REASON} characters long` });
  }
  if (force && reason === undefined) {
    issues.push({ field: 'reason', problem: 'why it is promoted whatever the rules say', missing: true });
  }
  if (retire.length > MAX_RETIRED || new Set(retire).size < retire.length) {
    issues.push({ field: 'retire', problem: `must be at most ${MAX_RETIRED} ids, each once` });
  }
  if (retire.includes(adapterId)) issues.push({ field: 'retire', problem: 'must not name the adapter itself' });
  const problem = retire.map(adapterIdProblem).find((each) => each !== undefined);
  if (problem !== undefined) issues.push({ field: 'retire', problem });
  if (stage === 'retired' && force) issues.push({ field: 'force', problem: 'must not be set for retired' });
  throwIssues(issues);
  checkPromotionRules(rules);
}
