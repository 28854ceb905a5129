import type { ThumbsLabels, ThumbsReasons } from './labels.js';
import { STYLES } from './styles.js';

export const VERDICTS = ['positive', 'negative'] as const;

export type Verdict = (typeof VERDICTS)[number];

/** What the widget tells of its last submission. */
export type ThumbsState = 'idle' | 'sending' | 'sent' | 'changed' | 'withdrawn' | 'failed' | 'offline';

/** What somebody says beside the verdict. */
export interface Details {
  readonly reason?: string;
  readonly correction?: string;
  readonly comment?: string;
}

export interface ViewModel {
  readonly verdict: Verdict | undefined;
  readonly state: ThumbsState;
  readonly isOpen?: boolean;
  /** Whether a failed submission may succeed when it is sent again. */
  readonly canRetry?: boolean;
  readonly labels: ThumbsLabels;
  readonly reasons: Partial<ThumbsReasons>;
}

export interface ViewEvents {
  readonly vote: (verdict: Verdict) => void;
  readonly send: (details: Details) => void;
  readonly cancel: () => void;
  readonly retry: () => void;
}

export interface View {
  /** Shows a model. What somebody has typed stays as long as the form is open for the same verdict. */
  show(model: ViewModel): void;
}

const THUMB = 'M2 10h4v11H2zM8 10l4-8c2 0 3 1 3 3l-1 4h6c1.5 0 2 1 1.7 2.2l-2 8c-.3 1.2-1.2 1.8-2.2 1.8H8z';

/** Builds the widget in a shadow root: nodes and a constructed stylesheet, so that no policy has to allow inline style. */
export function createView(root: ShadowRoot, events: ViewEvents): View {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLES);
  root.adoptedStyleSheets = [sheet];

  const thumb = (verdict: Verdict): HTMLButtonElement => {
    const button = element('button', `thumb ${verdict}`, { type: 'button' });
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    path.setAttribute('d', THUMB);
    if (verdict === 'negative') path.setAttribute('transform', 'rotate(180 12 12)');
    svg.append(path);
    button.append(svg);
    // The second click of a double click would take back the first.
    button.addEventListener('click', ({ detail }) => detail < 2 && events.vote(verdict));
    return button;
  };
  const thumbs = { positive: thumb('positive'), negative: thumb('negative') };
  const group = element('div', 'thumbs', { role: 'group' });
  group.append(thumbs.positive, thumbs.negative);

  const status = element('span', 'status', { role: 'status' });
  const retry = action('retry', events.retry);

  const form = element('form', 'form');
  const legend = element('legend', 'legend');
  const reasons = element('fieldset', 'reasons');
  const [correctionLabel, correctionText, correction] = field('correction');
  const [commentLabel, commentText, comment] = field('comment');
  const send = element('button', 'button send', { type: 'submit' });
  const cancel = action('cancel', events.cancel);
  const actions = element('div', 'actions');
  actions.append(send, cancel);
  form.append(reasons, correctionLabel, commentLabel, actions);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const reason = reasons.querySelector<HTMLInputElement>('input:checked')?.value;
    events.send({
      ...(reason !== undefined && { reason }),
      ...(correction.value.trim() !== '' && { correction: correction.value }),
      ...(comment.value.trim() !== '' && { comment: comment.value }),
    });
  });
  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.isComposing) return;
    // Neither a dialog around it closes, nor what an input method offers.
    event.stopPropagation();
    events.cancel();
  });
  root.append(group, status, retry, form);

  /** What the form was built for: another verdict, or other reasons, make another form. */
  let built = '';

  function buildForm({ verdict, reasons: offered }: ViewModel): void {
    if (verdict === undefined) return;
    // A page may offer anything.
    const entries = Object.entries(offered[verdict] ?? {});
    const key = `${verdict}:${entries.join('\n')}`;
    if (key === built) return;
    built = key;
    form.reset();
    const choices = entries.map(([value, text]) => {
      const label = element('label', 'reason');
      const radio = element('input', 'radio', { type: 'radio', name: 'reason', value });
      label.append(radio, ` ${text}`);
      return label;
    });
    reasons.replaceChildren(legend, ...choices);
    reasons.hidden = choices.length === 0;
    correctionLabel.hidden = verdict !== 'negative';
  }

  return {
    show: (model) => {
      const { verdict, state, isOpen, canRetry, labels } = model;
      group.setAttribute('aria-label', labels.group);
      for (const each of VERDICTS) {
        const button = thumbs[each];
        button.setAttribute('aria-pressed', String(verdict === each));
        button.setAttribute('aria-label', labels[each]);
        button.title = labels[each];
        button.setAttribute('aria-disabled', String(state === 'sending'));
      }
      buildForm(model);
      // Whoever is in a form that closes is not sent to the top of the page.
      if (isOpen !== true && form.contains(root.activeElement)) thumbs[verdict ?? 'positive'].focus();
      form.hidden = isOpen !== true;
      legend.textContent = verdict === 'negative' ? labels.whyNegative : labels.whyPositive;
      correctionText.data = labels.correction;
      commentText.data = labels.comment;
      send.textContent = labels.send;
      cancel.textContent = labels.cancel;
      retry.textContent = labels.retry;
      retry.hidden = state !== 'failed' || canRetry !== true;
      const text = state === 'idle' ? '' : labels[state];
      // Said again only if it is new.
      if (status.textContent !== text) status.textContent = text;
    },
  };
}

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  part: string,
  attributes: Readonly<Record<string, string>> = {},
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.setAttribute('part', part);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function action(part: string, act: () => void): HTMLButtonElement {
  const button = element('button', `button ${part}`, { type: 'button' });
  button.addEventListener('click', act);
  return button;
}

/** A text field within its label, with the text of the label. */
function field(part: string): [HTMLLabelElement, Text, HTMLTextAreaElement] {
  const label = element('label', `label ${part}-label`);
  const text = new Text();
  const area = element('textarea', `field ${part}`, { rows: '2', maxlength: '100000' });
  label.append(text, area);
  return [label, text, area];
}
