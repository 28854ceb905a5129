/** What observability systems have: several named annotations on one answer, by people, models and programs. */
import { BadRowError } from '../bad-row.js';
import type { ChatMessage } from './chat.js';
import { type Context, type ConvertedEntry, type ConverterOptions, parseVerdict } from './converted.js';

export interface Annotation {
  readonly name: string;
  readonly by: 'user' | 'reviewer' | 'llm' | 'code';
  /** Tells annotators apart, where the source does. */
  readonly author?: string | undefined;
  /** A score, a truth value or a category. */
  readonly value?: number | boolean | string | undefined;
  readonly comment?: string | undefined;
  readonly correction?: string | undefined;
  readonly tags?: readonly string[];
  readonly at?: unknown;
}

/** What was annotated. */
export interface Annotated {
  /** Undefined if the source does not have it. */
  readonly prompt: readonly ChatMessage[] | undefined;
  readonly answer: ChatMessage | undefined;
  readonly tools?: unknown;
  readonly context: Context;
  readonly externalId: (author: string | undefined) => string | undefined;
  /** How to get what is missing: a sentence. */
  readonly hint: string;
}

/**
 * One entry for each person. What models and programs say counts as scores beside it, and on its own only where a rule
 * makes a verdict of it.
 */
export function combine(
  annotated: Annotated,
  annotations: readonly Annotation[],
  { hasRules }: ConverterOptions,
): readonly ConvertedEntry[] {
  const people = annotations.filter(isByPerson);
  const others = annotations.filter((each) => !isByPerson(each));
  const groups = new Map<string | undefined, Annotation[]>();
  for (const each of people) groups.set(each.author, [...(groups.get(each.author) ?? []), each]);
  if (groups.size === 0 && hasRules && others.length > 0) groups.set(undefined, []);
  return [...groups].map(([author, own]) => toEntry(annotated, author, own, others, hasRules));
}

function isByPerson({ by }: Annotation): boolean {
  return by === 'user' || by === 'reviewer';
}

function toEntry(
  { prompt, answer, tools, context, externalId, hint }: Annotated,
  author: string | undefined,
  own: readonly Annotation[],
  others: readonly Annotation[],
  hasRules: boolean,
): ConvertedEntry {
  if (prompt === undefined || prompt.length === 0 || answer === undefined) {
    throw new BadRowError(`The row has no ${answer === undefined ? 'answer' : 'question'}: ${hint}`);
  }
  const [first, ...rest] = new Set(own.map(({ value }) => toVerdict(value)).filter((type) => type !== undefined));
  const isContradiction = rest.length > 0;
  if (isContradiction && !hasRules) {
    const names = own.filter(({ value }) => toVerdict(value) !== undefined).map(({ name }) => `'${name}'`);
    throw new BadRowError(`${names.join(' and ')} disagree: say which counts with --positive-when and --negative-when`);
  }
  const scored = [...others, ...own].flatMap(({ name, value }) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const comments = [...new Set(own.flatMap(({ comment = '' }) => (comment.trim() === '' ? [] : [comment])))];
  const tags = [...new Set(own.flatMap(({ tags: each = [] }) => each))];
  return {
    prompt,
    ...(tools === undefined ? {} : { tools }),
    judged: {
      kind: 'verdict',
      answer,
      // Where there are rules, they say which of them counts.
      type: isContradiction ? undefined : first,
      correction: own.findLast(({ correction = '' }) => correction.trim() !== '')?.correction,
    },
    context: {
      ...context,
      external_id: externalId(author),
      user_id: author ?? context.user_id,
      comment: comments.length === 0 ? undefined : comments.join('\n'),
      tags: tags.length === 0 ? context.tags : tags,
      scores: scored.length === 0 ? undefined : Object.fromEntries(scored),
      source: (own.at(-1) ?? others.at(-1))?.by,
      created_at: own.at(-1)?.at ?? others.at(-1)?.at ?? context.created_at,
    },
  };
}

/** Numbers may be a scale, of which only a rule knows what is good. */
function toVerdict(value: Annotation['value']): ReturnType<typeof parseVerdict> {
  return typeof value === 'number' || (typeof value === 'string' && /\d/.test(value)) ? undefined : parseVerdict(value);
}

/** A time without an offset, which the source has in UTC. */
export function utc(value: unknown): unknown {
  const isLocal = typeof value === 'string' && /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/.test(value);
  return isLocal ? `${value}Z` : value;
}
