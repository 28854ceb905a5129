/** The kind of error, as openCypher's technology compatibility kit names it. */
export type QueryErrorKind = 'SyntaxError' | 'SemanticError' | 'TypeError' | 'ArgumentError' | 'ParameterMissing';

export interface SourceLocation {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

const EXCERPT_WIDTH = 76;

/**
 * A query that cannot be run or that failed while it ran. If the location is known, the message ends with its line and
 * column, followed by that line of the query and a caret under the column.
 */
export class QueryError extends Error {
  override readonly name = 'QueryError';

  constructor(
    readonly kind: QueryErrorKind,
    /** The error in detail, by the kit's name where it has one, such as `UndefinedVariable`. */
    readonly detail: string,
    /** The message without line, column and caret. */
    readonly sentence: string,
    readonly phase: 'compile time' | 'runtime',
    readonly location?: SourceLocation,
    excerpt?: string,
  ) {
    super(
      location === undefined
        ? sentence
        : `${sentence} (line ${location.line}, column ${location.column})${excerpt === undefined ? '' : `\n${excerpt}`}`,
    );
  }
}

/**
 * What the parser, the check and the executor throw, and what a graph may throw to end a query with an error for the
 * user; {@link locate} turns it into a {@link QueryError} with line, column and caret.
 */
export class QueryFault extends Error {
  override readonly name = 'QueryFault';

  constructor(
    readonly kind: QueryErrorKind,
    readonly detail: string,
    message: string,
    /** Offset into the query in UTF-16 units; absent if the location is not known. */
    readonly at?: number,
  ) {
    super(message);
  }
}

export function syntaxFault(detail: string, message: string, at?: number): QueryFault {
  return new QueryFault('SyntaxError', detail, message, at);
}

export function typeFault(message: string, at?: number, detail = 'InvalidArgumentValue'): QueryFault {
  return new QueryFault('TypeError', detail, message, at);
}

export function argumentFault(detail: string, message: string, at?: number): QueryFault {
  return new QueryFault('ArgumentError', detail, message, at);
}

/** Turns a fault in `source` into the error that the caller gets. */
export function locate(fault: QueryFault, source: string, phase: 'compile time' | 'runtime'): QueryError {
  if (fault.at === undefined) return new QueryError(fault.kind, fault.detail, fault.message, phase);
  const before = source.slice(0, fault.at);
  const lineStart = Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1;
  const line = before.split(/\r\n|\n|\r/).length;
  const column = fault.at - lineStart + 1;
  const rest = source.slice(lineStart);
  const lineEnd = rest.search(/[\r\n]/);
  const text = lineEnd < 0 ? rest : rest.slice(0, lineEnd);
  return new QueryError(
    fault.kind,
    fault.detail,
    fault.message,
    phase,
    { line, column },
    renderExcerpt(text, column - 1),
  );
}

function renderExcerpt(text: string, caret: number): string {
  const from = Math.max(0, caret - EXCERPT_WIDTH / 2);
  const shown = text.slice(from, from + EXCERPT_WIDTH).replaceAll('\t', ' ');
  return `${shown}\n${' '.repeat(caret - from)}^`;
}
