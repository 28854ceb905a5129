/**
 * `make`, run once for each object that it is given, for as long as somebody holds on to that object: for what is made of
 * values that never change, and asked for often. Beside the same object always comes the same, if anything.
 */
export function memoizeByIdentity<Given extends object, Beside extends unknown[], Made extends object | string>(
  make: (given: Given, ...beside: Beside) => Made,
): (given: Given, ...beside: Beside) => Made {
  const known = new WeakMap<Given, Made>();
  return (given, ...beside) => {
    const before = known.get(given);
    if (before !== undefined) return before;
    const made = make(given, ...beside);
    known.set(given, made);
    return made;
  };
}
