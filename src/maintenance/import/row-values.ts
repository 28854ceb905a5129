/** Where the values of a row come from: the file, in its names or ours, and what the command says. */
import { isJsonObject } from '../../is-json-object.js';
import type { ImportField } from '../import-fields.js';
import { parseJson } from './converters/chat.js';
import { type RecordObject, valueAt } from './record-object.js';
import { applyRules, type VerdictRules } from './verdict-rules.js';

/** What the command says of all rows. */
export interface RowOptions {
  /** What the file calls a field, by ours; a dot goes into an object. */
  readonly mapping: ReadonlyMap<string, string>;
  /** Fields that have the same value in all rows, whatever the file says. */
  readonly constants: ReadonlyMap<ImportField, string>;
  /** The adapter behind a model, by what the file calls the model. */
  readonly adapters: ReadonlyMap<string, string>;
  readonly rules?: VerdictRules | undefined;
}

export interface RowValues {
  readonly valueOf: (field: ImportField) => unknown;
  /** Why the rules give no verdict: a sentence. */
  readonly problem?: string;
}

/**
 * @param fields the row in our names: what a converter made of the record, or the record itself
 */
export function rowValues(record: RecordObject, fields: RecordObject, options: RowOptions): RowValues {
  const { mapping, constants, adapters, rules } = options;
  const fromFile = (field: string): unknown => {
    const theirs = mapping.get(field);
    return theirs === undefined ? valueAt(fields, field) : valueAt(record, theirs);
  };
  const parts = (field: string): RecordObject | undefined => {
    const mapped = [...mapping].flatMap(([ours, theirs]) =>
      ours.startsWith(`${field}.`) ? [[ours.slice(field.length + 1), toValue(valueAt(record, theirs))] as const] : [],
    );
    const present = mapped.filter(([, value]) => value !== undefined && value !== null && value !== '');
    return present.length === 0 ? undefined : Object.fromEntries(present);
  };
  const valueOf = (field: ImportField): unknown => {
    const constant = constants.get(field);
    if (constant !== undefined) return constant;
    const value = fromFile(field);
    const mapped = parts(field);
    if (mapped !== undefined) return { ...(typeof value === 'object' ? value : {}), ...mapped };
    if (field === 'candidates' && adapters.size > 0) return withAdapters(value, adapters);
    return field === 'adapter_id' && isMissing(value) ? adapterBehind(fromFile('model_version'), adapters) : value;
  };
  const valueByName = (name: string): unknown => valueAt(record, name) ?? fromFile(`scores.${name}`) ?? fromFile(name);
  const verdict = rules && applyRules(rules, valueByName);
  if (verdict === undefined) return { valueOf };
  if ('problem' in verdict) return { valueOf, problem: verdict.problem };
  return { valueOf: (field) => (field === 'type' ? verdict.type : valueOf(field)) };
}

/** Candidates, which may be JSON in a text, with the adapters behind their models. */
function withAdapters(candidates: unknown, adapters: RowOptions['adapters']): unknown {
  const list = parseJson(candidates);
  return Array.isArray(list) ? list.map((each) => withAdapter(each, adapters)) : candidates;
}

function withAdapter(candidate: unknown, adapters: RowOptions['adapters']): unknown {
  if (!isJsonObject(candidate) || !isMissing(candidate['adapter_id'])) return candidate;
  const adapter = adapterBehind(candidate['model_version'], adapters);
  return adapter === undefined ? candidate : { ...candidate, adapter_id: adapter };
}

function adapterBehind(model: unknown, adapters: RowOptions['adapters']): string | undefined {
  return typeof model === 'string' || typeof model === 'number' ? adapters.get(String(model)) : undefined;
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** Tables of text hold numbers as texts. */
function toValue(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value.trim()) ? Number(value) : value;
}
