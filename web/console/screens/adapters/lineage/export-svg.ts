/** The picture as a file that stands alone: styles as attributes, with title and legend, and nothing that is loaded. */
import { cleanLabel } from './label.js';
import { LEGEND_ITEM } from './legend.js';
import { round } from './shape.js';

const SVG = 'http://www.w3.org/2000/svg';
const PROPERTIES = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'font-size', 'font-weight', 'font-family'];
const MARGIN = 40;
const HEAD = 72;

export interface ExportOptions {
  /** What pan and zoom move. */
  readonly content: SVGGElement;
  /** The drawings of the legend. */
  readonly legend: readonly SVGSVGElement[];
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly subtitle: string;
}

export function exportSvg({ content, legend, width, height, title, subtitle }: ExportOptions): string {
  const isFar = content.getAttribute('data-far') ?? 'false';
  // Texts that are too small to be read on the screen are in the file.
  content.setAttribute('data-far', 'false');
  const drawing = cloneStyled(content);
  content.setAttribute('data-far', isFar);
  const items = legend.map((item) => {
    const clone = cloneStyled(item);
    const group = create('g');
    group.append(...clone.children);
    return [group, Number(item.getAttribute('width'))] as const;
  });

  const legendWidth = items.reduce((total, [, each]) => total + each + 24, 0);
  const fullWidth = Math.max(width, legendWidth, 480) + 2 * MARGIN;
  const fullHeight = height + HEAD + LEGEND_ITEM.height + 3 * MARGIN;
  const { backgroundColor, color, fontFamily } = getComputedStyle(content.ownerSVGElement ?? content);
  const text = (words: string, y: number, size: number, weight: number): SVGElement => {
    const element = create('text', { x: MARGIN, y, 'font-size': size, 'font-weight': weight, fill: color });
    element.textContent = cleanLabel(words);
    return element;
  };

  const svg = create('svg', {
    xmlns: SVG,
    width: round(fullWidth),
    height: round(fullHeight),
    viewBox: `0 0 ${round(fullWidth)} ${round(fullHeight)}`,
    'font-family': fontFamily,
    role: 'img',
  });
  const name = create('title');
  name.textContent = cleanLabel(title);
  const description = create('desc');
  description.textContent = cleanLabel(subtitle);
  drawing.setAttribute('transform', `translate(${round((fullWidth - width) / 2)} ${MARGIN + HEAD})`);
  svg.append(
    name,
    description,
    create('rect', { width: '100%', height: '100%', fill: backgroundColor }),
    text(title, MARGIN + 20, 22, 650),
    text(subtitle, MARGIN + 44, 13, 400),
    drawing,
  );
  let left = MARGIN;
  for (const [group, itemWidth] of items) {
    group.setAttribute('transform', `translate(${left} ${round(fullHeight - MARGIN - LEGEND_ITEM.height)})`);
    svg.append(group);
    left += itemWidth + 24;
  }
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(svg)}\n`;
}

function create(name: string, attributes: Readonly<Record<string, string | number>> = {}): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, String(value));
  return element;
}

/** A copy that looks the same without any style sheet. */
function cloneStyled(source: SVGElement): Element {
  const clone = source.cloneNode(true) as Element;
  const originals = [source, ...source.querySelectorAll('*')];
  const copies = [clone, ...clone.querySelectorAll('*')];
  for (const [place, original] of originals.entries()) {
    const copy = copies[place];
    if (copy === undefined) continue;
    const style = getComputedStyle(original);
    for (const property of PROPERTIES) {
      const value = style.getPropertyValue(property);
      const isText = original.localName === 'text';
      if (property.startsWith('font') ? isText : original.localName !== 'g') copy.setAttribute(property, value);
    }
    if (style.opacity !== '1') copy.setAttribute('opacity', style.opacity);
    const label = original.getAttribute('data-id');
    for (const { name } of [...copy.attributes]) {
      if (/^(?:class|style|role|tabindex|aria-.*|data-.*)$/.test(name) && name !== 'data-collapsed')
        copy.removeAttribute(name);
    }
    if (label !== null) {
      const title = create('title');
      title.textContent = cleanLabel(label);
      copy.prepend(title);
    }
  }
  // Of the buttons only those say something that tell how many adapters are hidden.
  for (const toggle of clone.querySelectorAll('[data-collapsed]')) {
    if (toggle.getAttribute('data-collapsed') === 'false') toggle.remove();
    else toggle.removeAttribute('data-collapsed');
  }
  return clone;
}

/** Has the browser save a text as a file. */
export function saveFile(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
