/** What one GraphQL operation may ask for. Each limit is checked before what it limits could cost much. */
import { ApiError, type ErrorCode } from '../../errors.js';

export interface OperationLimits {
  /** UTF-8 bytes of a document. */
  readonly documentBytes: number;
  /** Names, numbers, strings and punctuation of a document. */
  readonly tokens: number;
  /** Aliases of a document, and fields that one selection set repeats. */
  readonly aliases: number;
  readonly directives: number;
  /** Fields below one another, fragments unfolded. */
  readonly depth: number;
  /**
   * Fields that the answer can have at most, where lists count as often as they may have entries; and more for those that
   * read an index.
   */
  readonly cost: number;
}

export const DEFAULT_OPERATION_LIMITS: OperationLimits = {
  documentBytes: 64 * 1024,
  tokens: 4_000,
  aliases: 100,
  directives: 100,
  depth: 30,
  cost: 200_000,
};

/** What each limit is called when an operation is refused, and the unit that it is counted in. */
const NAMES: Readonly<Record<keyof OperationLimits, string>> = {
  documentBytes: 'bytes',
  tokens: 'tokens',
  aliases: 'aliases and repeated fields',
  directives: 'directives',
  depth: 'levels of fields',
  cost: 'fields in its answer (its cost, with lists counted at their full size and 10 to 1000 for each that reads an index)',
};

/** An operation that is refused before it runs; an `ApiError`, so that HTTP answers 4xx whatever a client accepts. */
export class OperationRefusedError extends ApiError {
  constructor(
    code: ErrorCode,
    message: string,
    readonly limit?: { readonly name: keyof OperationLimits; readonly maximum: number },
  ) {
    super(code, message);
  }

  override get extensions(): Record<string, unknown> {
    if (this.limit === undefined) return super.extensions;
    return { ...super.extensions, limit: this.limit.name, maximum: this.limit.maximum };
  }
}

/** @param asked how much was asked for, or undefined where counting ended at the limit */
export function overLimit(name: keyof OperationLimits, limits: OperationLimits, asked?: number): OperationRefusedError {
  const maximum = limits[name];
  const more = asked === undefined ? 'more' : Number.isSafeInteger(asked) ? String(asked) : 'far more';
  return new OperationRefusedError(
    'OPERATION_LIMIT_EXCEEDED',
    `An operation may have at most ${maximum} ${NAMES[name]}, and this one has ${more}`,
    { name, maximum },
  );
}
