import { memo, type RefCallback } from 'react';
import { positiveShare, shareColor } from '../../../components/share-color.js';
import { useFormat, useMessages } from '../../../messages/messages.js';
import type { DrawnAdapterFragment } from '../documents.generated.js';
import { adaptersMessages } from '../messages.js';
import { fitLabel } from './label.js';
import styles from './picture.module.css';
import { CARD, type Direction, discRadius, round } from './shape.js';

const DISC = { x: 34, y: CARD.height / 2 } as const;
const TEXT_LEFT = 66;

export interface CardProps {
  readonly adapter: DrawnAdapterFragment;
  readonly direction: Direction;
  /** The middle of the card. */
  readonly x: number;
  readonly y: number;
  /** The most entries that an adapter of the picture has. */
  readonly most: number;
  readonly parentCount: number;
  readonly childCount: number;
  /** How many adapters a collapsed card hides; undefined for one that is not collapsed. */
  readonly hiddenCount: number | undefined;
  readonly isSelected: boolean;
  /** Whether Tab comes to this card. */
  readonly isFirst: boolean;
  readonly font: string;
  readonly onSelect: (id: string) => void;
  readonly onOpen: (id: string) => void;
  readonly onToggle: (id: string) => void;
}

/** One adapter of the picture. */
export const Card = memo(function Card(props: CardProps) {
  const {
    adapter,
    direction,
    most,
    parentCount,
    childCount,
    hiddenCount,
    isSelected,
    isFirst,
    font,
    onSelect,
    onOpen,
  } = props;
  const texts = useMessages(adaptersMessages);
  const format = useFormat();
  const { id, stats } = adapter;
  const share = positiveShare(stats);
  const facts = [...(share === undefined ? [] : [format.percent(share)]), texts.entriesShort(stats.totalFeedback)];
  const focus: RefCallback<SVGRectElement> = (element) => {
    // Keys move the focus with the selection; a selection by the address takes it from nobody.
    if (isSelected && element?.ownerSVGElement?.contains(document.activeElement) === true) {
      element.focus({ preventScroll: true });
    }
  };
  return (
    <g transform={`translate(${round(props.x - CARD.width / 2)} ${round(props.y - CARD.height / 2)})`}>
      <g className={styles['card']} onClick={() => onSelect(id)} onDoubleClick={() => onOpen(id)}>
        {/* The box alone is the button: its name has the whole id, which the drawing may have to shorten. */}
        <rect
          ref={focus}
          role="button"
          tabIndex={isFirst ? 0 : -1}
          aria-pressed={isSelected}
          aria-label={texts.describe(adapter, share, parentCount, childCount)}
          data-id={id}
          className={styles['box']}
          width={CARD.width}
          height={CARD.height}
          rx={10}
        />
        <circle
          className={share === undefined ? styles['unjudged'] : styles['disc']}
          cx={DISC.x}
          cy={DISC.y}
          r={round(discRadius(stats.totalFeedback, most))}
          {...(share !== undefined && { fill: shareColor(share) })}
        />
        <text aria-hidden="true" className={styles['name']} x={TEXT_LEFT} y={26}>
          {fitLabel(id, CARD.width - TEXT_LEFT - 16, `600 13px ${font}`)}
        </text>
        <text aria-hidden="true" className={styles['facts']} x={TEXT_LEFT} y={44}>
          {fitLabel(facts.join(' · '), CARD.width - TEXT_LEFT - 16, `400 12px ${font}`)}
        </text>
        {parentCount > 1 && (
          <path
            className={styles['merge']}
            d={direction === 'LR' ? `M-7 ${DISC.y}l7 -7l7 7l-7 7z` : `M${CARD.width / 2 - 7} 0l7 -7l7 7l-7 7z`}
          />
        )}
      </g>
      {childCount > 0 && <Toggle {...{ id, direction, hiddenCount, onToggle: props.onToggle }} />}
    </g>
  );
});

interface ToggleProps {
  readonly direction: Direction;
  readonly id: string;
  readonly hiddenCount: number | undefined;
  readonly onToggle: (id: string) => void;
}

/** The button at the end of a card, for pointers; the space bar does the same. */
function Toggle({ id, direction, hiddenCount, onToggle }: ToggleProps) {
  const texts = useMessages(adaptersMessages);
  const format = useFormat();
  const label = hiddenCount === undefined ? '–' : `+${format.compact(hiddenCount)}`;
  const width = Math.max(24, 12 + label.length * 8);
  return (
    <g
      className={styles['toggle']}
      data-collapsed={hiddenCount !== undefined}
      transform={
        direction === 'LR'
          ? `translate(${CARD.width - width / 2} ${DISC.y - 12})`
          : `translate(${(CARD.width - width) / 2} ${CARD.height - 12})`
      }
      onClick={() => onToggle(id)}
    >
      <rect
        role="button"
        tabIndex={-1}
        aria-label={hiddenCount === undefined ? texts.collapseOf(id) : texts.expandOf(id, hiddenCount)}
        width={width}
        height={24}
        rx={12}
      />
      <text aria-hidden="true" x={width / 2} y={16} textAnchor="middle">
        {label}
      </text>
    </g>
  );
}
