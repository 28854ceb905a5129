import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { ApiError, ERRORS } from '../errors.js';

/** What users are told of an error that is our fault: nothing of its cause. */
export const MASKED_MESSAGE = ERRORS.INTERNAL_SERVER_ERROR.title;

/** The user's error behind a GraphQL error, if it is one. */
export function apiErrorOf(error: unknown): ApiError | undefined {
  if (error instanceof ApiError) return error;
  return error instanceof GraphQLError && error.originalError instanceof ApiError ? error.originalError : undefined;
}

/**
 * Whether an error is our fault: one that a resolver threw without meaning it for users. What has a code of its own, such
 * as wrong syntax, which Apollo wraps in an error of its own, is its client's.
 */
export function isOurFault(error: unknown): boolean {
  if (apiErrorOf(error) !== undefined) return false;
  if (!(error instanceof GraphQLError)) return true;
  return error.originalError !== undefined && isMasked(error.extensions);
}

function isMasked(extensions: GraphQLFormattedError['extensions']): boolean {
  return (extensions?.['code'] ?? 'INTERNAL_SERVER_ERROR') === 'INTERNAL_SERVER_ERROR';
}

/** Keeps what is meant for users and masks the rest, wherever an error is formatted. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const apiError = apiErrorOf(error);
  if (apiError !== undefined) {
    const { http: _http, ...extensions } = apiError.extensions;
    return { ...formatted, message: apiError.message, extensions };
  }
  if (isMasked(formatted.extensions)) {
    const { path, locations } = formatted;
    return {
      message: MASKED_MESSAGE,
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
      ...(locations === undefined ? {} : { locations }),
      ...(path === undefined ? {} : { path }),
    };
  }
  const { stacktrace: _stacktrace, ...extensions } = formatted.extensions ?? {};
  return { ...formatted, extensions };
}
