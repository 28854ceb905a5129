/** Filters of lists as objects in bodies, by the names of the parameters of the list. */
import { type Static, Type } from 'typebox';
import { SEARCH_DESCRIPTION } from '../feedback/search/query.js';
import { FILTER_FIELDS } from '../model/feedback-fields.js';
import { omitNullish } from '../omit-nullish.js';
import { PERIOD_SHOWN } from './field-schemas.js';
import { filterVariable, fromEnum } from './mapping.js';
import type { FeedbackFilterInput, SavedViewEntryFragment } from './operations.generated.js';
import { closed, listFilterParameters } from './schemas.js';

/** Scores that entries must have, in a body. */
export const ScoresSchema = Type.Array(
  Type.Object(
    {
      name: Type.String({ description: 'Name of the score.' }),
      min: Type.Optional(Type.Number({ description: 'Smallest matching number.' })),
      max: Type.Optional(Type.Number({ description: 'Largest matching number.' })),
      is: Type.Optional(Type.String({ description: 'A category, or `true` or `false` for a boolean.' })),
    },
    closed,
  ),
  { description: 'Only entries with each of these scores, up to 8.' },
);

const { score: _, ...parameters } = listFilterParameters;

const filterProperties = {
  ...parameters,
  adapter_version: Type.Optional(Type.String({ description: 'Only entries submitted for this version of `adapter`.' })),
  scores: Type.Optional(ScoresSchema),
  search: Type.Optional(Type.String({ description: SEARCH_DESCRIPTION })),
};

export const FilterBody = Type.Object(filterProperties, { ...closed, description: 'The filter of a list of entries.' });

export const FilterAnswer = Type.Object(
  { ...filterProperties, ...PERIOD_SHOWN },
  { title: 'FeedbackFilter', description: 'The filter; without fields, it selects all entries.' },
);

/** What the fields of a filter are called in a body. */
export const FILTER_FIELD_NAMES = new Map([
  ...['type', 'unused', 'tag', 'scores', 'search', 'since', 'until'].map((name) => [name, `filter.${name}`] as const),
  ['validationStatus', 'filter.status'],
  ['adapterId', 'filter.adapter'],
  ['adapterVersion', 'filter.adapter_version'],
  ...FILTER_FIELDS.map(({ name, filter: { parameter } }) => [name, `filter.${parameter}`] as const),
]);

/** A filter of a body, as the schema takes it. */
export function toFilterInput({
  scores,
  adapter_version: adapterVersion,
  ...query
}: Static<typeof FilterBody>): FeedbackFilterInput {
  return {
    ...filterVariable(query),
    adapterVersion: adapterVersion ?? null,
    scores: scores?.map(({ name, min = null, max = null, is = null }) => ({ name, min, max, is })) ?? null,
  };
}

/** A filter that the schema has answered, by its documented names. */
export function fromFilter(filter: SavedViewEntryFragment['filter']): Static<typeof FilterAnswer> {
  const { type, validationStatus, source, scores, since, until, unused, search, tag, adapterId, adapterVersion } =
    filter;
  const fields: object = Object.fromEntries(
    FILTER_FIELDS.map(({ name, filter: { parameter } }) => [
      parameter,
      name === 'source' ? source && fromEnum(source) : filter[name],
    ]),
  );
  return omitNullish({
    ...fields,
    type: type && fromEnum(type),
    status: validationStatus && fromEnum(validationStatus),
    unused,
    adapter: adapterId,
    adapter_version: adapterVersion,
    tag,
    scores: scores?.map(({ name, ...range }) => ({ name, ...omitNullish(range) })),
    search,
    since: since?.getTime(),
    until: until?.getTime(),
  });
}
