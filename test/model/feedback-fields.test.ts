import { type GraphQLInputObjectType, isInputObjectType, isNonNullType, isObjectType } from 'graphql';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { type FeedbackFilter, planFilter } from '../../src/feedback/index/filter.js';
import { createSchema } from '../../src/graphql/schema.js';
import type { FeedbackContent, SubmitFeedbackInput } from '../../src/graphql/types/feedback-content.js';
import type { FeedbackFilterInput } from '../../src/graphql/types/feedback-content.js';
import type { ReviseFeedbackInput } from '../../src/graphql/types/feedback-revision.js';
import { type FieldName, FIELDS, type FieldsWith, FILTER_FIELDS, tableWith } from '../../src/model/feedback-fields.js';
import { checkSubmission, type Submission } from '../../src/model/submission.js';
import { APPROVED } from '../support/feedback.js';

/** The names and the types of fields, whichever of them may be left out or null. */
type Shape<Fields> = { -readonly [Name in keyof Fields]-?: NonNullable<Fields[Name]> };

describe('the classes of the GraphQL schema and the table of fields agree', () => {
  const schema = createSchema();
  const input = (name: string): GraphQLInputObjectType => {
    const type = schema.getType(name);
    if (!isInputObjectType(type)) throw new Error(`There is no input ${name}`);
    return type;
  };
  const names = FIELDS.map(({ name }) => name);

  it('on what a submission has and what it must have', () => {
    // A candidate may be given by its conversation.
    type Given = Omit<SubmitFeedbackInput, 'createdAt' | 'candidates'>;
    expectTypeOf<Shape<Given>>().toEqualTypeOf<Shape<Omit<Submission, 'candidates'>>>();
    const fields = Object.values(input('SubmitFeedbackInput').getFields());
    expect(fields.map(({ name }) => name).sort()).toEqual([...names, 'createdAt'].sort());
    // Each may follow from others.
    expect(fields.filter(({ type }) => isNonNullType(type))).toEqual([]);
  });

  it('on what an entry and its versions show', () => {
    expectTypeOf<Shape<Pick<FeedbackContent, FieldName>>>().toEqualTypeOf<Shape<Submission>>();
    for (const name of ['Feedback', 'FeedbackVersion']) {
      const type = schema.getType(name);
      expect(Object.keys(isObjectType(type) ? type.getFields() : {})).toEqual(expect.arrayContaining(names));
    }
  });

  it('on what can be changed later', () => {
    type Revisable = Pick<Submission, FieldsWith<'revisable'>>;
    expectTypeOf<Shape<Omit<ReviseFeedbackInput, 'withdrawn'>>>().toEqualTypeOf<Shape<Revisable>>();
    const fields = Object.keys(input('ReviseFeedbackInput').getFields());
    expect(fields).toEqual([...Object.keys(tableWith('revisable')), 'withdrawn']);
  });

  it('on what lists are filtered by', () => {
    type Filters = Pick<Submission, FieldsWith<'filter'>>;
    expectTypeOf<Shape<Pick<FeedbackFilterInput, keyof Filters>>>().toEqualTypeOf<Shape<Filters>>();
    const fields = Object.keys(input('FeedbackFilterInput').getFields());
    expect(fields).toEqual(expect.arrayContaining(FILTER_FIELDS.map(({ name }) => name)));
  });
});

it.each(FILTER_FIELDS)('an index serves the filter by $name', ({ name }) => {
  expectTypeOf<Pick<FeedbackFilter, FieldsWith<'filter'>>>().toEqualTypeOf<
    Partial<Pick<Submission, FieldsWith<'filter'>>>
  >();
  expect(planFilter('default', { [name]: 'a value' }, () => 'a hash').everything).toBe(false);
});

it('no two fields have one name in REST, one option or one parameter', () => {
  const columns = [
    FIELDS.map(({ rest }) => rest),
    FIELDS.map(({ option }) => option.split(' ')[0]),
    FILTER_FIELDS.map(({ filter }) => filter.parameter),
  ];
  for (const column of columns) expect(new Set(column).size).toBe(column.length);
});

it.each(FIELDS)('a submission whose $name is of another kind is refused, and the field is named', ({ name }) => {
  const submission = { ...APPROVED, [name]: [['of another kind']] };
  expect(() => {
    checkSubmission(submission);
  }).toThrow(new RegExp(`^'${name}(?:\\[0\\])?' must be `));
});
