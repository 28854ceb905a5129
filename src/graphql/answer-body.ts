import type { ExecutionResult } from 'graphql';
import { oncePer } from '../once-per.js';
import { sentBody } from '../sent-body.js';

/** A result without errors as it is sent; made once for each that is remembered. */
export const answerBody = oncePer(({ data }: ExecutionResult) => sentBody(`${JSON.stringify({ data })}\n`));
