/**
 * The confidence interval of a share by Wilson's score: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical
 * Inference", Journal of the American Statistical Association 22 (1927). Unlike the usual one it stays within 0 and 1 and holds
 * for few trials, too: Brown, Cai and DasGupta, "Interval Estimation for a Binomial Proportion", Statistical Science 16 (2001).
 */

/** The standard normal quantile of 97.5 %. */
const Z = 1.959963984540054;

/**
 * The bounds between which a share is with a confidence of 95 %, 0 to 1.
 * @param trials at least 1
 */
export function wilsonInterval(successes: number, trials: number): { readonly low: number; readonly high: number } {
  const share = successes / trials;
  const square = (Z * Z) / trials;
  const middle = share + square / 2;
  const reach = Z * Math.sqrt((share * (1 - share)) / trials + square / (4 * trials));
  // Where all or none succeed a bound is exactly there, whatever rounding makes of it.
  return {
    low: successes === 0 ? 0 : (middle - reach) / (1 + square),
    high: successes === trials ? 1 : (middle + reach) / (1 + square),
  };
}
