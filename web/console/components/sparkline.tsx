/** A line of shares over time, as small as a word: for the eye alone, as the text beside it says what has changed. */
const WIDTH = 72;
const HEIGHT = 20;
const INSET = 3;

/** @param shares from 0 to 1, oldest first; undefined where nothing was judged */
export function Sparkline({ shares }: { readonly shares: readonly (number | undefined)[] }) {
  const step = (WIDTH - 2 * INSET) / Math.max(1, shares.length - 1);
  const points = shares.flatMap((share, place) =>
    share === undefined ? [] : [[INSET + place * step, HEIGHT - INSET - share * (HEIGHT - 2 * INSET)] as const],
  );
  const last = points.at(-1);
  return (
    <svg aria-hidden="true" width={WIDTH} height={HEIGHT} fill="none" stroke="currentColor" strokeWidth={1.5}>
      <polyline points={points.map((point) => point.join(',')).join(' ')} strokeLinejoin="round" />
      {last !== undefined && <circle cx={last[0]} cy={last[1]} r={2} fill="currentColor" />}
    </svg>
  );
}
