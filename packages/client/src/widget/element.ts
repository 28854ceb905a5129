import { isRefusal } from '../errors.js';
import { createSubmitter, type Submitter } from '../submitter.js';
import { type Token, tokenFrom } from '../token.js';
import { randomKey } from '../transport.js';
import type { Submission, SubmittedFeedback } from '../types.js';
import { ENGLISH, ENGLISH_REASONS, type ThumbsLabels, type ThumbsReasons } from './labels.js';
import { createView, type Details, type ThumbsState, type Verdict, type View } from './view.js';

/** What a widget can be given beside its attributes. */
export interface FeedbackThumbsProperties {
  /** Or the attribute `token-url`: an address of your back end that issues tokens, as `tokenFrom` takes it. */
  token: Token | undefined;
  /** Any field of a submission, such as `messages` or `tags`; the attributes go before it. */
  entry: Partial<Submission>;
  /** Texts in another language; those left out are in English. Or as JSON in the attribute `labels`. */
  labels: Partial<ThumbsLabels>;
  /** The reasons that the form offers. Or as JSON in the attribute `reasons`. */
  reasons: Partial<ThumbsReasons>;
  /** Sends in place of `url` and `token`. */
  submitter: Submitter | undefined;
}

/** `<feedback-thumbs>`. */
export interface FeedbackThumbsElement extends HTMLElement, FeedbackThumbsProperties {
  readonly state: ThumbsState;
  /** Which thumb is pressed. The attribute `verdict` says what the user has said on an earlier visit. */
  readonly verdict: Verdict | undefined;
}

/** What the events `feedback-sent` and `feedback-failed` carry. */
export interface FeedbackSentDetail {
  /** Id of the entry. */
  readonly id: string;
  readonly state: ThumbsState;
  readonly verdict: Verdict | undefined;
}

export interface FeedbackFailedDetail {
  readonly error: unknown;
  readonly state: ThumbsState;
}

/** Attributes that are fields of the submission, which have `_` in place of `-`. */
const FIELDS = [
  'question',
  'answer',
  'user-id',
  'interaction-id',
  'conversation-id',
  'model-version',
  'adapter-id',
  'adapter-version',
  'response-id',
  'trace-id',
  'span-id',
] as const;

/** One for each address: the widgets of a page share their tokens. */
const tokenSources = new Map<string, Token>();

/** Defines `<feedback-thumbs>`; a second time, nothing happens. */
export function defineFeedbackThumbs(name = 'feedback-thumbs'): void {
  if (customElements.get(name) === undefined) customElements.define(name, createElementClass());
}

/** A function, since outside of pages there is no class to extend. */
function createElementClass(): new () => FeedbackThumbsElement {
  return class FeedbackThumbs extends HTMLElement implements FeedbackThumbsElement {
    static readonly observedAttributes = ['labels', 'reasons', 'verdict'];
    #token: Token | undefined;
    #entry: Partial<Submission> = {};
    #labels: Partial<ThumbsLabels> = {};
    #reasons: Partial<ThumbsReasons> = {};
    #submitter: Submitter | undefined;
    #state: ThumbsState = 'idle';
    #verdict: Verdict | undefined;
    /** What the server was told last, whether or not it has heard it. */
    #told: Verdict | undefined;
    /** What the server has. */
    #known: Verdict | undefined;
    #details: Details = {};
    #isOpen = false;
    #canRetry = true;
    /** Of the entry that the server has. */
    #id: string | undefined;
    /** Tells later submissions of this widget that they change the first one. */
    readonly #externalId = randomKey();
    #turn = 0;
    /** Submissions go one after the other, so that the last one is the last word. */
    #last: Promise<void> = Promise.resolve();
    readonly #view: View;

    constructor() {
      super();
      this.#view = createView(this.attachShadow({ mode: 'open', delegatesFocus: true }), {
        vote: (verdict) => this.#vote(verdict),
        send: (details) => {
          this.#details = details;
          this.#close();
          this.#submit();
        },
        cancel: () => this.#close(),
        retry: () => this.#submit(),
      });
    }

    connectedCallback(): void {
      for (const name of ['token', 'entry', 'labels', 'reasons', 'submitter'] as const) this.#upgrade(name);
      this.#show();
    }

    attributeChangedCallback(name: string, _: string | null, value: string | null): void {
      if (name === 'labels') this.#labels = parseObject(value);
      else if (name === 'reasons') this.#reasons = parseObject(value);
      // What the page knows of an earlier visit.
      else if (this.#turn === 0 && (value === 'positive' || value === 'negative')) {
        this.#verdict = this.#told = this.#known = value;
      }
      this.#show();
    }

    get token(): Token | undefined {
      return this.#token;
    }
    set token(token: Token | undefined) {
      this.#token = token;
    }
    get entry(): Partial<Submission> {
      return this.#entry;
    }
    set entry(entry: Partial<Submission>) {
      this.#entry = entry;
    }
    get labels(): Partial<ThumbsLabels> {
      return this.#labels;
    }
    set labels(labels: Partial<ThumbsLabels>) {
      this.#labels = labels;
      this.#show();
    }
    get reasons(): Partial<ThumbsReasons> {
      return this.#reasons;
    }
    set reasons(reasons: Partial<ThumbsReasons>) {
      this.#reasons = reasons;
      this.#show();
    }
    get submitter(): Submitter | undefined {
      return this.#submitter;
    }
    set submitter(submitter: Submitter | undefined) {
      this.#submitter = submitter;
    }
    get state(): ThumbsState {
      return this.#state;
    }
    get verdict(): Verdict | undefined {
      return this.#verdict;
    }

    /** A page may set a property before the element is defined: then it hides the accessor. */
    #upgrade(name: keyof FeedbackThumbsProperties): void {
      if (!Object.hasOwn(this, name)) return;
      const value: unknown = Object.getOwnPropertyDescriptor(this, name)?.value;
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }

    #vote(verdict: Verdict): void {
      if (this.#state === 'sending') return;
      this.#details = {};
      // The pressed thumb is let go.
      this.#verdict = verdict === this.#verdict ? undefined : verdict;
      this.#isOpen = this.#verdict !== undefined;
      this.#submit();
    }

    #close(): void {
      if (this.#isOpen && this.#verdict !== undefined) this.#view.focus(this.#verdict);
      this.#isOpen = false;
      this.#show();
    }

    #show(): void {
      this.setAttribute('state', this.#state);
      this.#view.show({
        verdict: this.#verdict,
        state: this.#state,
        isOpen: this.#isOpen,
        canRetry: this.#canRetry,
        labels: { ...ENGLISH, ...this.#labels },
        reasons: { ...ENGLISH_REASONS, ...this.#reasons },
      });
    }

    #submit(): void {
      this.#turn += 1;
      const turn = this.#turn;
      this.#setState('sending');
      this.#last = this.#last.then(() => (turn === this.#turn ? this.#send(turn) : undefined));
    }

    async #send(turn: number): Promise<void> {
      if (isOffline()) {
        this.#waitForConnection();
        return;
      }
      const verdict = this.#verdict;
      try {
        const state = await this.#tell(this.#submitter ?? this.#connect(), verdict);
        this.#known = verdict;
        if (turn === this.#turn) this.#setState(state);
        const detail: FeedbackSentDetail = { id: this.#id ?? '', state, verdict };
        this.dispatchEvent(new CustomEvent('feedback-sent', { detail, bubbles: true, composed: true }));
      } catch (error) {
        if (turn !== this.#turn) return;
        this.#canRetry = !isRefusal(error);
        if (!this.#canRetry) {
          // Trying again changes nothing: what the server has is what is shown.
          this.#verdict = this.#told = this.#known;
          this.#isOpen = false;
        }
        if (isOffline()) this.#waitForConnection();
        else this.#setState('failed');
        const detail: FeedbackFailedDetail = { error, state: this.#state };
        this.dispatchEvent(new CustomEvent('feedback-failed', { detail, bubbles: true, composed: true }));
      }
    }

    async #tell(submitter: Submitter, verdict: Verdict | undefined): Promise<ThumbsState> {
      const submit = async (type: Verdict): Promise<SubmittedFeedback> => {
        this.#told = type;
        const stored = await submitter.submit(this.#submission(type), { keepalive: true });
        this.#id = stored.id;
        return stored;
      };
      if (verdict !== undefined) return (await submit(verdict)).updated === true ? 'changed' : 'sent';
      // What was told may have arrived although its answer has not: telling it again says which entry it is.
      const id = this.#id ?? (this.#told === undefined ? undefined : (await submit(this.#told)).id);
      if (id !== undefined) await submitter.revise(id, { withdrawn: true });
      return 'withdrawn';
    }

    /** Also for an element that the page has removed by then. */
    #waitForConnection(): void {
      this.#setState('offline');
      addEventListener('online', () => this.#state === 'offline' && this.#submit(), { once: true });
    }

    #setState(state: ThumbsState): void {
      this.#state = state;
      this.#show();
    }

    #submission(type: Verdict): Submission {
      const fields = FIELDS.flatMap((attribute) => {
        const value = this.getAttribute(attribute);
        return value === null ? [] : [[attribute.replace('-', '_'), value] as const];
      });
      const entry: Submission = { ...this.#entry, ...Object.fromEntries(fields), ...this.#details, type };
      const isKnown = entry.interaction_id !== undefined || entry.external_id !== undefined;
      return isKnown ? entry : { ...entry, external_id: this.#externalId };
    }

    #connect(): Submitter {
      return createSubmitter({ url: this.getAttribute('url') ?? '', token: this.#token ?? this.#tokenOfPage() });
    }

    #tokenOfPage(): Token {
      const url = this.getAttribute('token-url');
      if (url === null) throw new TypeError('<feedback-thumbs> needs a token, or the attribute token-url');
      const known = tokenSources.get(url) ?? tokenFrom(url);
      tokenSources.set(url, known);
      return known;
    }
  };
}

/** Asked anew each time: it changes while a request is under way. */
function isOffline(): boolean {
  return !navigator.onLine;
}

/** The object of an attribute; empty for none, and for what is no JSON. */
function parseObject(value: string | null): Readonly<Record<string, never>> {
  try {
    const parsed: unknown = JSON.parse(value ?? '{}');
    return isObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

/** Its values are shown as texts, whatever they are. */
function isObject(value: unknown): value is Readonly<Record<string, never>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
