/** A store cannot be opened. The message is one line for the operator: what is wrong, and where. */
export class StoreOpenError extends Error {
  override readonly name = 'StoreOpenError';
}

/** Another handle has the data open for writing. */
export class StoreInUseError extends Error {
  override readonly name = 'StoreInUseError';
}
