/** The limits that hold before a document is parsed. */
import { GraphQLError, Lexer, Source, TokenKind } from 'graphql';
import { type OperationLimits, overLimit } from './limits.js';

/** @throws {OperationRefusedError} if the text is too long or has too many tokens. */
export function checkSource(text: string, limits: OperationLimits): void {
  // A UTF-16 code unit is at least one byte: a text that is far too long need not be encoded to know.
  const bytes = text.length > limits.documentBytes ? text.length : Buffer.byteLength(text);
  if (bytes > limits.documentBytes) throw overLimit('documentBytes', limits, bytes);
  const lexer = new Lexer(new Source(text));
  try {
    for (let tokens = 0; lexer.advance().kind !== TokenKind.EOF;) {
      tokens += 1;
      if (tokens > limits.tokens) throw overLimit('tokens', limits);
    }
  } catch (error) {
    // What is no token the parser reports, as any other error of syntax.
    if (!(error instanceof GraphQLError)) throw error;
  }
}
