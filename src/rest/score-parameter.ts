import { type ScoreFilter, scoreFiltersProblem } from '../feedback/index/scores.js';
import { RequestSchemaError } from '../http/error-body.js';

/** What the parameter `score` takes. */
export const SCORE_DESCRIPTION =
  'Only entries with these scores: conditions with commas between them, each a name, `>=`, `<=` or `=`, and a number, a ' +
  'category, `true` or `false`, such as `rating>=4,tone=friendly`.';

const CONDITION = /^(.+?)(>=|<=|=)(.+)$/s;
const NUMBER = /^-?\d+(?:\.\d+)?$/;

/**
 * The scores that the parameter `score` names; those of one name are one range.
 * @throws {RequestSchemaError}
 */
export function parseScores(text: string | undefined): readonly ScoreFilter[] | undefined {
  if (text === undefined) return undefined;
  const byName = new Map<string, ScoreFilter>();
  for (const condition of text.split(',')) {
    const [, name = '', operator = '', value = ''] = CONDITION.exec(condition.trim()) ?? [];
    const isNumber = NUMBER.test(value);
    if (operator === '' || (operator !== '=' && !isNumber)) {
      throw refusal('must be conditions such as rating>=4,tone=friendly');
    }
    const said = isNumber ? rangeOf(operator, Number(value)) : { is: value };
    byName.set(name, { ...byName.get(name), name, ...said });
  }
  const filters = [...byName.values()];
  const problem = scoreFiltersProblem(filters);
  if (problem !== undefined) throw refusal(problem);
  return filters;
}

function rangeOf(operator: string, value: number): Pick<ScoreFilter, 'min' | 'max'> {
  if (operator === '>=') return { min: value };
  return operator === '<=' ? { max: value } : { min: value, max: value };
}

function refusal(problem: string): RequestSchemaError {
  return new RequestSchemaError([{ field: 'score', problem }]);
}
