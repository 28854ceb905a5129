/**
 * `make`, run once for each object that it is given, for as long as somebody holds on to that object: for what is made of
 * values that never change, and asked for often.
 */
export function oncePer<Given extends object, Made extends object | string>(
  make: (given: Given) => Made,
): (given: Given) => Made {
  const known = new WeakMap<Given, Made>();
  return (given) => {
    const before = known.get(given);
    if (before !== undefined) return before;
    const made = make(given);
    known.set(given, made);
    return made;
  };
}
