import { GraphQLScalarType } from 'graphql';

/**
 * An entry as one value. Unlike a selection of fields, it can be built once and reused for every read of the same version,
 * which makes a list of 100 many times cheaper.
 */
export const FeedbackDocument = new GraphQLScalarType({
  name: 'FeedbackDocument',
  description: "A feedback entry as a JSON object with the REST API's field names. Fields without a value are omitted.",
  serialize: (document) => document,
});
