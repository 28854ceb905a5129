import { type ReactNode, type RefObject, useEffect, useRef } from 'react';
import { Tabs } from '../../components/tabs.js';
import { useMedia } from '../../components/use-media.js';
import { useMessages } from '../../messages/messages.js';
import { type Panel, PANELS } from './filter.js';
import { reviewMessages } from './messages.js';
import styles from './panels.module.css';

export interface PanelsProps {
  readonly contents: Readonly<Record<Panel, ReactNode>>;
  /** What stands below the entry, always in reach. */
  readonly bar: ReactNode;
  /** The part that is shown where there is no room for three. */
  readonly shown: Panel;
  readonly onShow: (panel: Panel) => void;
  /** Another entry begins at its top. */
  readonly entryId: string | undefined;
  /** The region of the entry, which takes the focus that the last one has left. */
  readonly region: RefObject<HTMLElement | null>;
}

/** Queue, entry and findings: side by side, or as tabs in a narrow window. */
export function Panels({ contents, bar, shown, onShow, entryId, region }: PanelsProps) {
  const texts = useMessages(reviewMessages);
  const isNarrow = useMedia('(max-width: 1023px)');
  const last = useRef<string>(undefined);
  useEffect(() => {
    const isFirst = last.current === undefined;
    last.current = entryId;
    if (region.current === null || isFirst) return;
    region.current.scrollTop = 0;
    if (document.activeElement === document.body) region.current.focus({ preventScroll: true });
  }, [entryId, region]);
  const scrolling = (panel: Panel): ReactNode => (
    <section
      ref={panel === 'entry' ? region : undefined}
      tabIndex={0}
      aria-label={texts[panel]}
      className={styles['panel']}
      data-panel={panel}
    >
      {contents[panel]}
    </section>
  );
  if (isNarrow) {
    return (
      <div className={styles['narrow']}>
        <Tabs
          label={texts.panels}
          tabs={PANELS.map((panel) => ({ id: panel, label: texts[panel], content: scrolling(panel) }))}
          selected={shown}
          onSelect={onShow}
          className={styles['tabs']}
        />
        {bar}
      </div>
    );
  }
  return (
    <div className={styles['wide']}>
      {scrolling('queue')}
      <div className={styles['middle']}>
        {scrolling('entry')}
        {bar}
      </div>
      {scrolling('findings')}
    </div>
  );
}
