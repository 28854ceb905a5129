/** The scalars whose values are JSON objects. */
import { GraphQLError, GraphQLScalarType, type ValueNode } from 'graphql';
import { GraphQLJSONObject } from 'graphql-scalars';

/**
 * A JSON object with any content. GraphQL does not check the types of variables inside a literal: a date becomes its text, an
 * omitted variable omits its field (or is null in a list), and names are never looked up on `Object.prototype`.
 */
export const JSONObject = new GraphQLScalarType({
  ...GraphQLJSONObject.toConfig(),
  parseLiteral: (literal: ValueNode, variables) => {
    const own = Object.assign(Object.create(null) as Record<string, unknown>, variables);
    const text = JSON.stringify(GraphQLJSONObject.parseLiteral(literal, own), (_name, value: unknown) => {
      if (typeof value !== 'number' || Number.isFinite(value)) return value;
      throw new GraphQLError('JSONObject cannot represent numbers beyond those of 64-bit floating point', {
        nodes: literal,
      });
    });
    return JSON.parse(text) as unknown;
  },
});

/** A message of a conversation: its fields are those of OpenAI's chat API, so that messages can be sent as they are. */
export const ChatMessage = new GraphQLScalarType({
  ...JSONObject.toConfig(),
  name: 'ChatMessage',
  description:
    "A message in the form of OpenAI's chat API: a JSON object with `role` (system, user, assistant or tool), `content` (a " +
    'string or a list of parts), `name`, `tool_calls` and `tool_call_id`. Images are kept as references.',
});

/** Results of rules as values: a page of histories has too many for a selection of fields each. */
export const PromotionResultDocument = new GraphQLScalarType({
  name: 'PromotionResultDocument',
  description:
    "The result of a promotion rule as a JSON object with the REST API's field names. Fields without a value are omitted.",
  serialize: (document) => document,
});

/**
 * An entry as one value. Unlike a selection of fields, it can be built once and reused for every read of the same version,
 * which makes a list of 100 many times cheaper.
 */
export const FeedbackDocument = new GraphQLScalarType({
  name: 'FeedbackDocument',
  description: "A feedback entry as a JSON object with the REST API's field names. Fields without a value are omitted.",
  serialize: (document) => document,
});
