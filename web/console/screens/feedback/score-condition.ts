/** Conditions on scores, as the REST API and the command line write them: `rating>=4`, `tone=friendly`. */

export interface ScoreFilter {
  readonly name: string;
  readonly min?: number | null | undefined;
  readonly max?: number | null | undefined;
  readonly is?: string | null | undefined;
}

const CONDITION = /^(.+?)(>=|<=|=)(.+)$/s;
const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** Undefined for a text that is no condition. */
export function parseCondition(text: string): ScoreFilter | undefined {
  const [, name = '', operator = '', value = ''] = CONDITION.exec(text.trim()) ?? [];
  if (operator === '') return undefined;
  if (!NUMBER.test(value)) return operator === '=' ? { name, is: value } : undefined;
  const number = Number(value);
  if (operator === '>=') return { name, min: number };
  return operator === '<=' ? { name, max: number } : { name, min: number, max: number };
}

/** The conditions of several texts; those of one name are one range. */
export function toScoreFilters(texts: readonly string[]): readonly ScoreFilter[] {
  const byName = new Map<string, ScoreFilter>();
  for (const condition of texts.map(parseCondition)) {
    if (condition !== undefined) byName.set(condition.name, { ...byName.get(condition.name), ...condition });
  }
  return [...byName.values()];
}

/** The texts that say the same as the filters. */
export function toConditions(filters: readonly ScoreFilter[]): readonly string[] {
  return filters.flatMap(({ name, min, max, is }) => [
    ...(is == null ? [] : [`${name}=${is}`]),
    ...(min == null || min === max ? [] : [`${name}>=${min}`]),
    ...(max == null || min === max ? [] : [`${name}<=${max}`]),
    ...(min != null && min === max ? [`${name}=${min}`] : []),
  ]);
}
