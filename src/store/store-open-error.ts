/** A store cannot be opened. The message is one line for the operator: what is wrong, and where. */
export class StoreOpenError extends Error {
  override readonly name = 'StoreOpenError';
}
