import { GraphQLScalarType } from 'graphql';

/**
 * An entry as one value. It is made once for each version of an entry that is read often, which a selection of its fields
 * cannot be: a list of 100 costs a fraction.
 */
export const FeedbackDocument = new GraphQLScalarType({
  name: 'FeedbackDocument',
  description: 'A feedback as a JSON object with the documented names of REST; a field without a value is left out.',
  serialize: (document) => document,
});
