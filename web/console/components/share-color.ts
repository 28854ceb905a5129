/** The colour of a share: on the scale of the tokens `--share-0` to `--share-4`, which light and dark have in common. */
const STOPS = 5;

let scale: readonly (readonly number[])[] | undefined;

function readScale(): readonly (readonly number[])[] {
  const style = getComputedStyle(document.documentElement);
  return Array.from({ length: STOPS }, (_, stop) => {
    const hex = style.getPropertyValue(`--share-${stop}`).trim();
    return [1, 3, 5].map((place) => Number.parseInt(hex.slice(place, place + 2), 16));
  });
}

/** @param share from 0 to 1 */
export function shareColor(share: number): string {
  scale ??= readScale();
  const place = Math.min(1, Math.max(0, share)) * (STOPS - 1);
  const below = Math.min(STOPS - 2, Math.floor(place));
  const from = scale[below] ?? [];
  const to = scale[below + 1] ?? [];
  const mixed = from.map((value, channel) => Math.round(value + ((to[channel] ?? value) - value) * (place - below)));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** What a share is of: thumbs up among thumbs up and down. Undefined if there are neither. */
export function positiveShare(stats: {
  readonly positiveCount: number;
  readonly negativeCount: number;
}): number | undefined {
  const judged = stats.positiveCount + stats.negativeCount;
  return judged === 0 ? undefined : stats.positiveCount / judged;
}
