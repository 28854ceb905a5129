/** Moves and scales a drawing with wheel, pointer and two fingers, without a word to React: a frame costs one attribute. */
import { type RefObject, useCallback, useEffect, useMemo, useRef } from 'react';

const MIN_SCALE = 0.04;
const MAX_SCALE = 2.5;
/** Below this scale texts cannot be read, and are left out. */
const FAR = 0.4;
/** Pixels around the drawing when all of it is shown, and above it, where the buttons are. */
const MARGIN = 32;
const TOP = 56;
/** A pointer that moves less than this has clicked, in pixels. */
const SLOP = 4;

interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PanZoom {
  /** Shows all of a drawing of this size. */
  readonly fit: (size: { readonly width: number; readonly height: number }) => void;
  /** Scales around the middle. */
  readonly zoomBy: (factor: number) => void;
  /** Moves a part of the drawing into sight, if it is out of it. */
  readonly reveal: (box: Box) => void;
  /** Moves by a distance within the drawing. */
  readonly moveBy: (x: number, y: number) => void;
}

export function usePanZoom(svg: RefObject<SVGSVGElement | null>, content: RefObject<SVGGElement | null>): PanZoom {
  const view = useRef<View>({ scale: 1, x: 0, y: 0 });

  const show = useCallback(
    (next: View) => {
      view.current = next;
      content.current?.setAttribute('transform', `translate(${next.x} ${next.y}) scale(${next.scale})`);
      const isFar = next.scale < FAR;
      content.current?.setAttribute('data-far', String(isFar));
      // From afar the discs stay large enough to be seen; in steps, as each one restyles them all.
      const step = isFar ? 1.25 ** Math.round(Math.log(FAR / next.scale) / Math.log(1.25)) : 1;
      content.current?.style.setProperty('--inflate', step.toFixed(2));
    },
    [content],
  );
  const zoomAt = useCallback(
    (factor: number, x: number, y: number) => {
      const { scale, ...at } = view.current;
      const next = Math.min(MAX_SCALE, Math.max(MIN_SCALE, scale * factor));
      const ratio = next / scale;
      show({ scale: next, x: x - (x - at.x) * ratio, y: y - (y - at.y) * ratio });
    },
    [show],
  );

  useEffect(() => {
    const element = svg.current;
    if (element === null) return;
    const stop = new AbortController();
    const { signal } = stop;
    const pointers = new Map<number, { readonly x: number; readonly y: number }>();
    let hasMoved = false;
    const place = ({ clientX, clientY }: MouseEvent): { x: number; y: number } => {
      const { left, top } = element.getBoundingClientRect();
      return { x: clientX - left, y: clientY - top };
    };

    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
      if (event.shiftKey) show({ ...view.current, x: view.current.x - pixels });
      // A pinch on a touchpad arrives as a wheel with Ctrl, in small steps.
      else zoomAt(Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.0016)), place(event).x, place(event).y);
    };
    const onDown = (event: PointerEvent): void => {
      if (event.button !== 0) return;
      if (pointers.size === 0) hasMoved = false;
      pointers.set(event.pointerId, place(event));
    };
    const onMove = (event: PointerEvent): void => {
      const before = pointers.get(event.pointerId);
      if (before === undefined) return;
      const now = place(event);
      const [other] = [...pointers].filter(([id]) => id !== event.pointerId);
      if (!hasMoved && Math.hypot(now.x - before.x, now.y - before.y) < SLOP) return;
      // From here on moves count outside of the drawing, too, and what lies beneath is not clicked.
      if (!hasMoved) element.setPointerCapture(event.pointerId);
      hasMoved = true;
      pointers.set(event.pointerId, now);
      if (other === undefined) {
        show({ ...view.current, x: view.current.x + now.x - before.x, y: view.current.y + now.y - before.y });
        return;
      }
      const [, still] = other;
      const apart = Math.hypot(before.x - still.x, before.y - still.y);
      zoomAt(Math.hypot(now.x - still.x, now.y - still.y) / Math.max(1, apart), still.x, still.y);
    };
    const onUp = ({ pointerId }: PointerEvent): void => {
      pointers.delete(pointerId);
    };
    const onClick = (event: MouseEvent): void => {
      if (!hasMoved) return;
      hasMoved = false;
      event.stopPropagation();
      event.preventDefault();
    };

    element.addEventListener('wheel', onWheel, { signal, passive: false });
    element.addEventListener('pointerdown', onDown, { signal });
    element.addEventListener('pointermove', onMove, { signal });
    element.addEventListener('pointerup', onUp, { signal });
    element.addEventListener('pointercancel', onUp, { signal });
    element.addEventListener('click', onClick, { signal, capture: true });
    return () => stop.abort();
  }, [svg, show, zoomAt]);

  return useMemo(
    () => ({
      fit: ({ width, height }) => {
        const { clientWidth = 0, clientHeight = 0 } = svg.current ?? {};
        const wanted = Math.min((clientWidth - 2 * MARGIN) / width, (clientHeight - TOP - MARGIN) / height, 1.25);
        const scale = Math.max(MIN_SCALE, wanted);
        const free = clientHeight - TOP - MARGIN - height * scale;
        show({ scale, x: (clientWidth - width * scale) / 2, y: TOP + free / 2 });
      },
      zoomBy: (factor) => {
        const { clientWidth = 0, clientHeight = 0 } = svg.current ?? {};
        zoomAt(factor, clientWidth / 2, clientHeight / 2);
      },
      reveal: (box) => {
        const { clientWidth = 0, clientHeight = 0 } = svg.current ?? {};
        const { scale, x, y } = view.current;
        const left = x + box.x * scale;
        const top = y + box.y * scale;
        const isSeen =
          left >= 0 && top >= 0 && left + box.width * scale <= clientWidth && top + box.height * scale <= clientHeight;
        if (isSeen) return;
        show({
          scale,
          x: clientWidth / 2 - (box.x + box.width / 2) * scale,
          y: clientHeight / 2 - (box.y + box.height / 2) * scale,
        });
      },
      moveBy: (x, y) => {
        const { scale } = view.current;
        show({ scale, x: view.current.x + x * scale, y: view.current.y + y * scale });
      },
    }),
    [svg, show, zoomAt],
  );
}
