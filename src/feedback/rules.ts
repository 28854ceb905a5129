/** What an organization takes scores and tags for: which scores there are, what they say of an answer, and which tags. */
import type { Actor } from '../audit/events.js';
import { type Idempotency, runIdempotent } from '../audit/idempotency.js';
import { recordOrganizationEvent } from '../audit/trail.js';
import { type Issue, StaleVersionError } from '../errors.js';
import type { FeedbackType } from '../model/facets.js';
import type { Score, Scores } from '../model/field-kinds.js';
import { idProblem, throwIssues } from '../model/input.js';
import type { DomainServices } from '../services.js';
import type { Reader } from '../store/contract.js';
import { feedbackRulesKey } from '../store/layout.js';
import { decodeRecord, encodeRecord } from '../store/record.js';

export const SCORE_KINDS = ['number', 'boolean', 'category'] as const;
export type ScoreKind = (typeof SCORE_KINDS)[number];

/** Holds for a score if all that is given of it does. */
export interface ScoreCondition {
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Categories, or `true` and `false`. */
  readonly oneOf?: readonly string[];
}

export interface ScoreDefinition {
  readonly name: string;
  readonly kind: ScoreKind;
  /** The range of a number, both included. */
  readonly min?: number;
  readonly max?: number;
  /** The categories that there are. */
  readonly categories?: readonly string[];
  /** When a score says that the answer was good, and when that it was bad; otherwise it says neither. */
  readonly positive?: ScoreCondition;
  readonly negative?: ScoreCondition;
}

export interface FeedbackRules {
  /** The first one whose score an entry has, and which says what is good, decides the type of an entry without one. */
  readonly scoreDefinitions: readonly ScoreDefinition[];
  /** The tags that entries may have; any if there are none. */
  readonly allowedTags: readonly string[];
  /** 0 until the rules are set for the first time. */
  readonly revision: number;
}

export const NO_RULES: FeedbackRules = { scoreDefinitions: [], allowedTags: [], revision: 0 };

const MAX_DEFINITIONS = 50;
const MAX_CATEGORIES = 100;
const MAX_ALLOWED_TAGS = 1_000;
/** Names that a message lists, and scores that it is about. */
const MAX_NAMED = 10;

export async function readRules(reader: Reader, org: string): Promise<FeedbackRules> {
  const stored = await reader.get(feedbackRulesKey(org));
  return stored === undefined ? NO_RULES : (decodeRecord(stored) as FeedbackRules);
}

/**
 * Replaces the rules. Entries that are stored stay as they are.
 * @param expectedRevision the revision that the rules must have
 * @returns the revision that they have from now on
 * @throws {InvalidInputError}; {@link StaleVersionError} if they have another revision
 */
export async function setRules(
  { store, now }: DomainServices,
  actor: Actor,
  rules: Pick<FeedbackRules, 'scoreDefinitions' | 'allowedTags'>,
  { expectedRevision, idempotency }: { readonly expectedRevision?: number; readonly idempotency?: Idempotency } = {},
): Promise<number> {
  checkRules(rules);
  return store.transact((transaction) =>
    runIdempotent(transaction, idempotency, async () => {
      const before = await readRules(transaction, actor.org);
      if (expectedRevision !== undefined && expectedRevision !== before.revision) {
        throw new StaleVersionError(`The rules have the revision ${before.revision}, not ${expectedRevision}`);
      }
      const after: FeedbackRules = { ...rules, revision: before.revision + 1 };
      transaction.put(feedbackRulesKey(actor.org), encodeRecord(after));
      const details = { revision: after.revision };
      await recordOrganizationEvent(transaction, actor, { at: now(), action: 'feedback_rules.set', details });
      return after.revision;
    }),
  );
}

/** @throws {InvalidInputError} naming everything that is not allowed */
function checkRules({ scoreDefinitions, allowedTags }: Pick<FeedbackRules, 'scoreDefinitions' | 'allowedTags'>): void {
  const issues: Issue[] = [];
  if (scoreDefinitions.length > MAX_DEFINITIONS) {
    issues.push({ field: 'scoreDefinitions', problem: `must be at most ${MAX_DEFINITIONS}` });
  }
  if (new Set(scoreDefinitions.map(({ name }) => name)).size < scoreDefinitions.length) {
    issues.push({ field: 'scoreDefinitions', problem: 'must not define a score twice' });
  }
  scoreDefinitions.slice(0, MAX_DEFINITIONS).forEach((definition, index) => {
    const problem = definitionProblem(definition);
    if (problem !== undefined) issues.push({ field: `scoreDefinitions[${index}]`, problem });
  });
  if (allowedTags.length > MAX_ALLOWED_TAGS) {
    issues.push({ field: 'allowedTags', problem: `must be at most ${MAX_ALLOWED_TAGS}` });
  }
  const problem = allowedTags.map(idProblem).find((each) => each !== undefined);
  if (problem !== undefined)
    issues.push({ field: 'allowedTags', problem: `must be a list of tags, each of which ${problem}` });
  throwIssues(issues);
}

function definitionProblem({
  name,
  kind,
  min,
  max,
  categories,
  positive,
  negative,
}: ScoreDefinition): string | undefined {
  const problem = idProblem(name);
  if (problem !== undefined) return `must have a name that ${problem}`;
  if (kind !== 'number' && (min ?? max) !== undefined) return 'must have min and max for numbers only';
  if (kind !== 'category' && categories !== undefined) return 'must have categories for the kind category only';
  if (min !== undefined && max !== undefined && min > max) return 'must not have a min above its max';
  if (categories !== undefined && (categories.length === 0 || categories.length > MAX_CATEGORIES)) {
    return `must have 1 to ${MAX_CATEGORIES} categories`;
  }
  const badCategory = categories?.map(idProblem).find((each) => each !== undefined);
  if (badCategory !== undefined) return `must have categories each of which ${badCategory}`;
  const known = kind === 'boolean' ? ['true', 'false'] : categories;
  for (const [side, condition] of Object.entries({ positive, negative })) {
    if (condition === undefined) continue;
    const { atLeast, atMost, oneOf } = condition;
    if (kind === 'number' ? oneOf !== undefined : (atLeast ?? atMost) !== undefined) {
      return `must say when it is ${side} by ${kind === 'number' ? 'atLeast and atMost' : 'oneOf'}`;
    }
    if (kind === 'number' ? (atLeast ?? atMost) === undefined : (oneOf ?? []).length === 0) {
      return `must say when it is ${side}`;
    }
    if (oneOf !== undefined && (oneOf.length > MAX_CATEGORIES || oneOf.some((word) => idProblem(word) !== undefined))) {
      return `must name in ${side} at most ${MAX_CATEGORIES} categories of 1 to 256 bytes`;
    }
    const unknown = known === undefined ? undefined : oneOf?.find((word) => !known.includes(word));
    if (unknown !== undefined) return `must name in ${side} what it can be, not '${unknown}'`;
  }
  return undefined;
}

/** @throws {InvalidInputError} naming the scores and tags that the rules do not allow */
export function checkAgainstRules(
  { scoreDefinitions, allowedTags }: FeedbackRules,
  { scores = {}, tags = [] }: { readonly scores?: Scores; readonly tags?: readonly string[] },
): void {
  const issues: Issue[] = [];
  if (scoreDefinitions.length > 0) {
    for (const [name, score] of Object.entries(scores)) {
      const definition = scoreDefinitions.find((each) => each.name === name);
      const problem = definition === undefined ? unknownScore(scoreDefinitions) : scoreProblem(definition, score);
      if (problem !== undefined) issues.push({ field: 'scores', problem: `has '${name}', which ${problem}` });
      if (issues.length === MAX_NAMED) break;
    }
  }
  const tag = allowedTags.length === 0 ? undefined : tags.find((each) => !allowedTags.includes(each));
  if (tag !== undefined)
    issues.push({ field: 'tags', problem: `must be tags that the organization allows, not '${tag}'` });
  throwIssues(issues);
}

function unknownScore(definitions: readonly ScoreDefinition[]): string {
  return `is not a known score; known are ${listNames(definitions.map(({ name }) => name))}`;
}

/** The first of many. */
function listNames(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return names.slice(0, MAX_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function scoreProblem({ kind, min, max, categories }: ScoreDefinition, score: Score): string | undefined {
  switch (kind) {
    case 'number': {
      const isWithin = typeof score === 'number' && score >= (min ?? -Infinity) && score <= (max ?? Infinity);
      if (isWithin) return undefined;
      return min === undefined && max === undefined
        ? 'must be a number'
        : `must be a number from ${min ?? 'any'} to ${max ?? 'any'}`;
    }
    case 'boolean':
      return typeof score === 'boolean' ? undefined : 'must be true or false';
    case 'category':
      if (typeof score === 'string' && (categories === undefined || categories.includes(score))) return undefined;
      return categories === undefined ? 'must be a category' : `must be one of ${listNames(categories)}`;
  }
}

const DOUBT = 'says neither that the answer is good nor that it is bad';

/** Whether a reason is a {@link Decision.doubt}, which stays until somebody says the type. */
export function isDoubt(reason: string): boolean {
  return reason.endsWith(DOUBT);
}

/** What scores say of an answer, by the first definition that decides. */
export interface Decision {
  readonly type: FeedbackType;
  /** Why a person should look at it, if the score says neither. */
  readonly doubt?: string;
}

/** @returns undefined if no score decides */
export function decideType({ scoreDefinitions }: FeedbackRules, scores: Scores = {}): Decision | undefined {
  for (const { name, positive, negative } of scoreDefinitions) {
    const score = Object.hasOwn(scores, name) ? scores[name] : undefined;
    if (score === undefined || (positive === undefined && negative === undefined)) continue;
    if (positive !== undefined && holds(positive, score)) return { type: 'positive' };
    if (negative !== undefined && holds(negative, score)) return { type: 'negative' };
    return { type: 'negative', doubt: `The score '${name}' ${DOUBT}` };
  }
  return undefined;
}

function holds({ atLeast, atMost, oneOf }: ScoreCondition, score: Score): boolean {
  if (oneOf !== undefined) return oneOf.includes(String(score));
  return typeof score === 'number' && score >= (atLeast ?? -Infinity) && score <= (atMost ?? Infinity);
}
