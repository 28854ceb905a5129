export const MAX_INTEGER = 9_223_372_036_854_775_807n;
export const MIN_INTEGER = -MAX_INTEGER - 1n;

export function fitsInteger(value: bigint): boolean {
  return value <= MAX_INTEGER && value >= MIN_INTEGER;
}
