/** Resolves once there is a place, to what gives it back. */
export type ConcurrencyGate = () => Promise<() => void>;

/** Lets in so many at once, the others in their order as these leave. */
export function createConcurrencyGate(places: number): ConcurrencyGate {
  const waiting: (() => void)[] = [];
  let free = places;
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return async () => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    return leave;
  };
}
