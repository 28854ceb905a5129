/** Lays out beside the page, which goes on drawing and answering keys meanwhile: 500 adapters take half a second. */
import { type LayoutRequest, layoutLineage, type LayoutResult } from './layout.js';

export interface LayoutMessage {
  readonly key: string;
  readonly request: LayoutRequest;
}

export interface LayoutAnswer {
  readonly key: string;
  readonly result: LayoutResult;
}

addEventListener('message', ({ data }: MessageEvent<LayoutMessage>) => {
  postMessage({ key: data.key, result: layoutLineage(data.request) } satisfies LayoutAnswer);
});
