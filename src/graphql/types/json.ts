import { GraphQLError, GraphQLScalarType, type ValueNode } from 'graphql';
import { GraphQLJSONObject } from 'graphql-scalars';

/**
 * An object of any JSON. A literal may have variables inside, whose types nobody checks there: a date is its text, one that
 * is omitted leaves out its field and is null in a list, and none is looked up among what every object inherits.
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
