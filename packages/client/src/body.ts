import { type ApiRequest, isOfType, type Transport, unexpected } from './transport.js';

/** An answer of which only the head has arrived; its body has no time limit, and ends with the signal. @throws as a transport */
export function openOn(transport: Transport, request: ApiRequest): Promise<Response> {
  return transport(request, (answer) => {
    const accepted = new Headers(request.headers).get('accept') ?? '';
    if (!isOfType(answer, accepted)) throw unexpected(answer);
    return Promise.resolve(answer);
  });
}

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
