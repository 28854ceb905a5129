/** The median of the rounds, which one disturbed round does not move. */
export function medianOf(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const MEASURES = ['perSecond', 'median', 'p99', 'cpuMicroseconds'];

/** The median of each measure that the rounds have, and the rounds themselves, for the spread. */
export function medianResult(results) {
  const measures = MEASURES.filter((name) => results.every((result) => result[name] !== undefined));
  const pick = (value) => Object.fromEntries(measures.map((name) => [name, value(name)]));
  return {
    ...pick((name) => medianOf(results.map((result) => result[name]))),
    rounds: results.map((result) => pick((name) => result[name])),
  };
}

/**
 * How many times as much of a measure one has as the other: in pairs of the same round, as the machine changes from minute
 * to minute. @param ours @param theirs of {@link medianResult}
 */
export function ratioOf(ours, theirs, measure) {
  const ratios = ours.rounds.map((round, index) => round[measure] / theirs.rounds[index][measure]);
  return { median: medianOf(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}
