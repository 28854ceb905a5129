/** A row that cannot be imported; the message is a sentence that says why, naming fields as REST or the file does. */
export class BadRowError extends Error {
  override readonly name = 'BadRowError';
}
