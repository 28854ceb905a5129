import { CANDIDATE_FIELDS } from './field-kinds.js';

/** A name of the schema as REST spells it. */
function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Fields that are lists of inputs of the schema, all of whose fields it names. */
const LISTS_OF_INPUTS: ReadonlySet<string> = new Set(['rules', 'evaluations']);

/**
 * The place of a value in an input, such as `candidates[0].adapterId`, as REST names it. The field and what a candidate, a rule
 * or an evaluation may have are names of the schema. All others inside a field are the client's own and stay as they were sent.
 */
export function restPlace(place: string): string {
  const [, field = place, inside = ''] = /^([^.[]*)(.*)$/s.exec(place) ?? [];
  const [, index = '', name = ''] = /^(\[\d+\]\.)(\w+)$/.exec(inside) ?? [];
  const isOfSchema = LISTS_OF_INPUTS.has(field) || (field === 'candidates' && CANDIDATE_FIELDS.includes(name));
  return toSnakeCase(field) + (isOfSchema ? index + toSnakeCase(name) : inside);
}
