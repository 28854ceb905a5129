import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { TIE } from '../../model/preference.js';

/** Whether there is such a candidate is told where the candidates are known. */
function readPreferred(value: unknown): number | string {
  if (typeof value === 'number' || typeof value === 'string') return value;
  throw new GraphQLError(`PreferredCandidate must be an integer, the place of a candidate, or "${TIE}"`);
}

export const PreferredCandidate = new GraphQLScalarType({
  name: 'PreferredCandidate',
  description: `The place of the preferred candidate, counted from 0, as an integer; or the string \`"${TIE}"\`.`,
  serialize: (preferred) => preferred,
  parseValue: readPreferred,
  parseLiteral: (literal) => {
    if (literal.kind === Kind.INT || literal.kind === Kind.FLOAT) return Number(literal.value);
    return readPreferred(literal.kind === Kind.STRING ? literal.value : undefined);
  },
});
