/** The bytes of a body as they arrive; it ends where the connection does, for whatever reason. */
export async function* bytesOf({ body }: Response, idleMs: number): AsyncGenerator<Uint8Array, void> {
  const reader = body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const timer = setTimeout(() => void reader.cancel().catch(() => undefined), idleMs);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (done) return;
      yield value;
    }
  } catch {
    // A connection that breaks off is resumed as one that ends.
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}
