import { type ASTNode, GraphQLError, type GraphQLFormattedError, isValueNode, Kind } from 'graphql';
import { ApiError, ERRORS } from '../errors.js';

/** What users are told of an error that is our fault: nothing of its cause. */
export const MASKED_MESSAGE = ERRORS.INTERNAL_SERVER_ERROR.title;

/** The most errors that are told of one document. */
export const MAX_PROBLEMS = 10;

/** The user's error behind a GraphQL error, if it is one. */
export function findApiError(error: unknown): ApiError | undefined {
  if (error instanceof ApiError) return error;
  return error instanceof GraphQLError && error.originalError instanceof ApiError ? error.originalError : undefined;
}

/**
 * Whether an error is internal: one that a resolver threw without meaning it for users. Whoever masks an error by this
 * has to log it. What has a code of its own, such as wrong syntax, is its client's, and so is a value that graphql-js does
 * not take: it blames that value, in the document or in a variable.
 */
export function isInternalError(error: unknown): boolean {
  if (findApiError(error) !== undefined) return false;
  if (!(error instanceof GraphQLError)) return true;
  const { code } = error.extensions;
  if (code !== undefined) return code === 'INTERNAL_SERVER_ERROR' && blamedNode(error) === undefined;
  return error.originalError !== undefined && blamedNode(error) === undefined;
}

/** The value or the variable that graphql-js does not take, if that is what an error is about. */
function blamedNode(error: GraphQLError): ASTNode | undefined {
  const { originalError } = error;
  return [error, originalError]
    .map((each) => (each instanceof GraphQLError ? each.nodes?.[0] : undefined))
    .find((node) => node !== undefined && (isValueNode(node) || node.kind === Kind.VARIABLE_DEFINITION));
}

/** What an error is about, with the name of the variable that graphql-js leaves out of its sentence. */
function sentenceOf(error: GraphQLError): string {
  const node = blamedNode(error);
  if (node?.kind !== Kind.VARIABLE || error.message.includes(`$${node.name.value}`)) return error.message;
  return error.message.replace(/\.$/, `, and the variable "$${node.name.value}" is.`);
}

/** Keeps what is meant for users and masks the rest, wherever an error is formatted. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const apiError = findApiError(error);
  if (apiError !== undefined) {
    const { http: _http, ...extensions } = apiError.extensions;
    return { ...formatted, message: apiError.message, extensions };
  }
  if (isInternalError(error)) {
    const { path, locations } = formatted;
    return {
      message: MASKED_MESSAGE,
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
      ...(locations === undefined ? {} : { locations }),
      ...(path === undefined ? {} : { path }),
    };
  }
  const { stacktrace: _stacktrace, code, ...extensions } = formatted.extensions ?? {};
  const message =
    error instanceof GraphQLError && error.message === formatted.message ? sentenceOf(error) : formatted.message;
  const given = code === undefined || code === 'INTERNAL_SERVER_ERROR' ? 'BAD_USER_INPUT' : code;
  return { ...formatted, message, extensions: { ...extensions, code: given } };
}
