/** Names that were logged before are not logged again. Beyond so many, none is: whoever issues tokens may put anything there. */
const MAX_LOGGED_NAMES = 100;
const MAX_NAME_LENGTH = 64;

/** Has each name logged once. */
export function logOnce(log: (names: readonly string[]) => void): (names: readonly string[]) => void {
  const logged = new Set<string>();
  return (names) => {
    const fresh = names
      .map((name) => name.slice(0, MAX_NAME_LENGTH))
      .filter((name) => !logged.has(name))
      .slice(0, MAX_LOGGED_NAMES - logged.size);
    for (const name of fresh) logged.add(name);
    if (fresh.length > 0) log([...new Set(fresh)]);
  };
}
