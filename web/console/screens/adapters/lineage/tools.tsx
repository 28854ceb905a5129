import type { RefObject } from 'react';
import { Button, IconButton } from '../../../components/button.js';
import { useMessages } from '../../../messages/messages.js';
import { adaptersMessages } from '../messages.js';
import { exportSvg, saveFile } from './export-svg.js';
import type { LineageGraph } from './graph.js';
import type { PanZoom } from './pan-zoom.js';
import styles from './picture.module.css';
import type { Layout } from './use-layout.js';

export interface PictureToolsProps {
  readonly content: RefObject<SVGGElement | null>;
  readonly figure: RefObject<HTMLElement | null>;
  readonly layout: Layout | undefined;
  readonly graph: LineageGraph;
  readonly panZoom: PanZoom;
  readonly canExpand: boolean;
  readonly onExpandAll: () => void;
  readonly onFit: () => void;
}

/** The buttons over the drawing: they do by click what wheel and fingers do. */
export function PictureTools(props: PictureToolsProps) {
  const { content, figure, layout, graph, panZoom, canExpand, onExpandAll, onFit } = props;
  const texts = useMessages(adaptersMessages);
  const download = (): void => {
    if (content.current === null || layout === undefined) return;
    const entries = layout.ids.reduce((total, id) => total + (graph.adapters.get(id)?.stats.totalFeedback ?? 0), 0);
    const text = exportSvg({
      content: content.current,
      legend: [...(figure.current?.querySelectorAll<SVGSVGElement>('[data-legend] svg') ?? [])],
      width: layout.width,
      height: layout.height,
      title: texts.fileTitle,
      subtitle: texts.fileSubtitle(layout.ids.length, entries),
    });
    saveFile('lineage.svg', 'image/svg+xml', text);
  };
  return (
    <div role="group" aria-label={texts.tools} className={styles['tools']}>
      {canExpand && (
        <Button size="small" onClick={onExpandAll}>
          {texts.expandAll}
        </Button>
      )}
      <Button size="small" disabled={layout === undefined} onClick={download}>
        {texts.download}
      </Button>
      <span className={styles['zoom']}>
        <IconButton look="secondary" size="small" label={texts.zoomOut} onClick={() => panZoom.zoomBy(1 / 1.3)}>
          −
        </IconButton>
        <IconButton look="secondary" size="small" label={texts.zoomIn} onClick={() => panZoom.zoomBy(1.3)}>
          +
        </IconButton>
        <Button size="small" onClick={onFit}>
          {texts.fit}
        </Button>
      </span>
    </div>
  );
}
