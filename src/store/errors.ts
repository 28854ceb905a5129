/** The errors of a store: it cannot be opened, or cannot do now what is asked of it. A cause is for the log alone. */
import { UnavailableError } from '../errors.js';

/** A store cannot be opened. The message is one line for the operator: what is wrong, and where. */
export class StoreOpenError extends Error {
  override readonly name = 'StoreOpenError';
}

export function cannotRead(cause?: unknown): UnavailableError {
  return new UnavailableError('The store cannot be read at the moment', 1, { cause });
}

export function notWritten(retryAfterSeconds: number, cause?: unknown): UnavailableError {
  return new UnavailableError(
    'The store cannot take writes at the moment; this write did not take place',
    retryAfterSeconds,
    { cause },
  );
}

export function unknownOutcome(retryAfterSeconds: number, cause: unknown): UnavailableError {
  return new UnavailableError(
    'The store cannot take writes at the moment; whether this write took place is unknown',
    retryAfterSeconds,
    { cause },
  );
}

export function tooManyWaiting(): UnavailableError {
  return new UnavailableError('Too many writes are waiting; this write did not take place', 1);
}

export function closing(): UnavailableError {
  return new UnavailableError('The store is closing', 1);
}

/** Another handle has the data open for writing. */
export class StoreInUseError extends Error {
  override readonly name = 'StoreInUseError';
}
