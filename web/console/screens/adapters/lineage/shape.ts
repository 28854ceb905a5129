/** How things of the lineage are drawn. */
export const CARD = { width: 252, height: 60 } as const;

/** Children to the right of their parents, or below them. */
export type Direction = 'LR' | 'TB';

/** Space between layers, and between cards of a layer. */
export const GAPS = { layers: 64, cards: 16 } as const;

const MAX_RADIUS = 22;
const MIN_RADIUS = 4;

/** The radius of an adapter's disc, whose area grows with its entries. */
export function discRadius(entries: number, most: number): number {
  return entries === 0 ? MIN_RADIUS : Math.max(MIN_RADIUS, MAX_RADIUS * Math.sqrt(entries / Math.max(1, most)));
}

type Place = readonly [x: number, y: number];

/** A line from the end of the parent's card over the bends to the beginning of the child's. */
export function linePath(direction: Direction, parent: Place, child: Place, bends: readonly Place[]): string {
  const isAcross = direction === 'LR';
  const [outX, outY] = isAcross ? [CARD.width / 2, 0] : [0, CARD.height / 2];
  const points: readonly Place[] = [
    [parent[0] + outX, parent[1] + outY],
    ...bends.slice(1, -1),
    [child[0] - outX, child[1] - outY],
  ];
  return points
    .map(([x, y], place) => {
      const [fromX, fromY] = points[place - 1] ?? [x, y];
      if (place === 0) return `M${round(x)} ${round(y)}`;
      const end = `${round(x)} ${round(y)}`;
      const [middleX, middleY] = [round((fromX + x) / 2), round((fromY + y) / 2)];
      return isAcross
        ? `C${middleX} ${round(fromY)} ${middleX} ${round(y)} ${end}`
        : `C${round(fromX)} ${middleY} ${round(x)} ${middleY} ${end}`;
    })
    .join('');
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
