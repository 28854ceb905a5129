import { shareColor } from '../../../components/share-color.js';
import { useFormat, useMessages } from '../../../messages/messages.js';
import { adaptersMessages } from '../messages.js';
import styles from './picture.module.css';
import { discRadius, round } from './shape.js';

const STEPS = 20;
const SCALE_WIDTH = 140;
export const LEGEND_ITEM = { height: 56 } as const;

/** What colours, sizes and marks mean. Each item is a drawing of its own, so that a download takes them along. */
export function Legend({ most }: { readonly most: number }) {
  const texts = useMessages(adaptersMessages);
  const format = useFormat();
  const sizes = [...new Set([1, 10, 100].map((divisor) => Math.round(most / divisor)))].filter((size) => size > 0);
  return (
    <div role="group" aria-label={texts.legend.title} className={styles['legend']} data-legend>
      <svg role="img" aria-label={texts.legend.scale} width={172} height={LEGEND_ITEM.height}>
        <text className={styles['legendTitle']} x={0} y={14}>
          {texts.legend.share}
        </text>
        {Array.from({ length: STEPS }, (_, step) => (
          <rect
            key={step}
            x={(SCALE_WIDTH / STEPS) * step}
            y={22}
            width={SCALE_WIDTH / STEPS + 0.5}
            height={10}
            fill={shareColor(step / (STEPS - 1))}
          />
        ))}
        {[0, 0.5, 1].map((share) => (
          <text
            key={share}
            className={styles['legendText']}
            x={SCALE_WIDTH * share}
            y={48}
            textAnchor={share === 0 ? 'start' : 'middle'}
          >
            {format.percent(share)}
          </text>
        ))}
      </svg>
      <svg role="img" aria-label={texts.legend.sizes(sizes)} width={44 + sizes.length * 60} height={LEGEND_ITEM.height}>
        <text className={styles['legendTitle']} x={0} y={14}>
          {texts.legend.size}
        </text>
        {sizes.map((size, number) => (
          <g key={size} transform={`translate(${number * 64} 37)`}>
            <circle className={styles['sample']} cx={18} cy={0} r={round(Math.min(18, discRadius(size, most)))} />
            <text className={styles['legendText']} x={Math.min(18, discRadius(size, most)) + 24} y={4}>
              {format.compact(size)}
            </text>
          </g>
        ))}
      </svg>
      <svg role="img" aria-label={texts.legend.marks} width={180} height={LEGEND_ITEM.height}>
        <circle className={styles['unjudged']} cx={8} cy={14} r={5} />
        <text className={styles['legendText']} x={22} y={18}>
          {texts.legend.unjudged}
        </text>
        <path className={styles['merge']} d="M1 40l7 -7l7 7l-7 7z" />
        <text className={styles['legendText']} x={22} y={44}>
          {texts.legend.merge}
        </text>
      </svg>
    </div>
  );
}
