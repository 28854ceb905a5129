/** As `Promise.all`, without a promise for each value that is there already, where most are. */
export async function awaitAll<Value>(values: readonly (Value | Promise<Value>)[]): Promise<Value[]> {
  const there: Value[] = [];
  for (const value of values) {
    if (value instanceof Promise) return Promise.all(values);
    there.push(value);
  }
  return there;
}
