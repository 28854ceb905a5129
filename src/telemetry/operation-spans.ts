import type { Attributes, Tracer } from '@opentelemetry/api';
import type { ExecuteOperation } from '../graphql/execution.js';
import { inSpan, markFailed } from './spans.js';

/** Characters of an operation's name: clients choose it. */
const MAX_NAME = 128;

/**
 * Runs each operation as a span. Only those of routes are named after the operation: the names of clients' documents are
 * theirs, and without bound, so that they are an attribute. The document, which may have texts, is none.
 */
export function withOperationSpans(execute: ExecuteOperation, tracer: Tracer): ExecuteOperation {
  return (prepared, variables, context) => {
    const { operation: type, name } = prepared.operation;
    const attributes: Attributes = { 'graphql.operation.type': type };
    if (name !== undefined) attributes['graphql.operation.name'] = name.value.slice(0, MAX_NAME);
    const title = context.isOfClient === true || name === undefined ? type : `${type} ${name.value}`;
    return inSpan(tracer, title, attributes, async (span) => {
      const result = await execute(prepared, variables, context);
      for (const error of result.errors ?? []) if (span !== undefined) markFailed(span, error.originalError ?? error);
      return result;
    });
  };
}
