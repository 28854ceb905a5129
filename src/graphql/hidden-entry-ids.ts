/**
 * Keeps the ids of others' entries from those who read their own alone: validation says which earlier entry an entry repeats,
 * and that may be anybody's.
 */
import { defaultFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';
import { replaceFeedbackIds } from '../model/ids.js';
import { readsOwnOnly } from '../principal.js';
import type { RequestContext } from './context.js';

/** Where what validation says is shown. */
const FIELDS = [
  ['Feedback', 'validationReasons'],
  ['FeedbackVersion', 'validationReasons'],
  ['ValidationFinding', 'data'],
  ['Feedback', 'document'],
  ['FeedbackVersion', 'document'],
] as const;

/** Of the entry as a document, all else is what its submitter knows. */
const REASONS = 'validation_reasons';
const ANOTHER = 'another entry';

/** @throws if the schema does not have one of the fields */
export function hideOthersEntryIds(schema: GraphQLSchema): void {
  for (const [typeName, fieldName] of FIELDS) {
    const type = schema.getType(typeName);
    const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    if (field === undefined) throw new Error(`The schema has no ${typeName}.${fieldName}`);
    const { resolve = defaultFieldResolver } = field;
    const hide = fieldName === 'document' ? withoutOthersIds : everywhere;
    field.resolve = (source, args: unknown, context: RequestContext, info): unknown => {
      const value: unknown = resolve(source, args, context, info);
      return hidesOthersEntryIds(context) ? hide(value) : value;
    };
  }
}

/** Whether what validation says is shown to this request without the ids of others' entries. */
export function hidesOthersEntryIds({ principal }: RequestContext): boolean {
  return readsOwnOnly(principal);
}

/** The reasons of a validation as they are shown to this request. */
export function shownReasons(context: RequestContext, reasons: readonly string[]): readonly string[] {
  return hidesOthersEntryIds(context) ? reasons.map((reason) => replaceFeedbackIds(reason, ANOTHER)) : reasons;
}

/** An entry as a document, without the ids of others. */
export function withoutOthersIds(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !(REASONS in value)) return value;
  return { ...value, [REASONS]: everywhere(value[REASONS]) };
}

function everywhere(value: unknown): unknown {
  if (typeof value === 'string') return replaceFeedbackIds(value, ANOTHER);
  if (Array.isArray(value)) return value.map(everywhere);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, everywhere(each)]));
}
