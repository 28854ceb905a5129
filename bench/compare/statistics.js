/** The median of the rounds, which one disturbed round does not move. */
export function medianOf(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function medianResult(results) {
  const of = (name) => medianOf(results.map((result) => result[name]));
  return { perSecond: of('perSecond'), median: of('median'), p99: of('p99'), cpuMicroseconds: of('cpuMicroseconds') };
}
