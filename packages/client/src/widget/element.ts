import { isRefusal } from '../errors.js';
import { createSubmitter, type Submitter } from '../submitter.js';
import { type Token, tokenFrom } from '../token.js';
import { randomKey } from '../transport.js';
import type { Submission, SubmittedFeedback } from '../types.js';
import { ENGLISH, ENGLISH_REASONS, type ThumbsLabels, type ThumbsReasons } from './labels.js';
import { createView, type ThumbsState, type Verdict, VERDICTS, type View } from './view.js';

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
const FIELD =
  /^(?:question|answer|(?:model|adapter)-version|(?:user|interaction|conversation|adapter|response|trace|span)-id)$/;

const PROPERTIES = ['token', 'entry', 'labels', 'reasons', 'submitter'] as const;

/** One for each address: the widgets of a page share their tokens. */
const tokenSources = new Map<string, Token>();

/** Defines `<feedback-thumbs>`; a second time, nothing happens. */
export function defineFeedbackThumbs(name = 'feedback-thumbs'): void {
  if (customElements.get(name) === undefined) customElements.define(name, createElementClass());
}

/** What is said of one answer. A page may give an element another answer, whose thumbs then are untouched. */
interface Session {
  state: ThumbsState;
  /** Which thumb is pressed. */
  verdict: Verdict | undefined;
  /** What the server was told last, whether or not it has heard it. */
  told: Verdict | undefined;
  /** What the server has. */
  known: Verdict | undefined;
  /** Whether the form is shown. */
  isOpen?: boolean;
  canRetry?: boolean;
  /** What is said beside the verdict, and of what. */
  entry: Partial<Submission>;
  /** Of the entry that the server has. */
  id?: string;
  turn: number;
  /** Submissions go one after the other, so that the last one is the last word. */
  last: Promise<void>;
}

/** @param verdict of an earlier visit */
function createSession(verdict: string | null): Session {
  const known = VERDICTS.find((each) => each === verdict);
  return {
    state: 'idle',
    verdict: known,
    told: known,
    known,
    entry: {},
    turn: 0,
    last: Promise.resolve(),
  };
}

/** A function, since outside of pages there is no class to extend. */
function createElementClass(): new () => FeedbackThumbsElement {
  return class FeedbackThumbs extends HTMLElement implements FeedbackThumbsElement {
    static readonly observedAttributes = ['labels', 'reasons', 'verdict', 'interaction-id'];
    declare token: Token | undefined;
    declare entry: Partial<Submission>;
    declare labels: Partial<ThumbsLabels>;
    declare reasons: Partial<ThumbsReasons>;
    declare submitter: Submitter | undefined;
    #given: FeedbackThumbsProperties = { token: undefined, entry: {}, labels: {}, reasons: {}, submitter: undefined };
    #session = createSession(null);
    /** What tells the answer from others, if the page says so. */
    #subject: string | undefined;
    readonly #view: View;

    static {
      for (const name of PROPERTIES) {
        Object.defineProperty(this.prototype, name, {
          get(this: FeedbackThumbs) {
            return this.#given[name];
          },
          set(this: FeedbackThumbs, value: unknown) {
            this.#given = { ...this.#given, [name]: value };
            this.#checkSubject();
            this.#show();
          },
        });
      }
    }

    constructor() {
      super();
      this.#view = createView(this.attachShadow({ mode: 'open', delegatesFocus: true }), {
        vote: (verdict) => this.#vote(verdict),
        send: (details) => {
          this.#session.entry = { ...this.#session.entry, ...details };
          this.#close();
          this.#submit(this.#session);
        },
        cancel: () => this.#close(),
        retry: () => this.#submit(this.#session),
      });
    }

    connectedCallback(): void {
      for (const name of PROPERTIES) {
        const own = Object.getOwnPropertyDescriptor(this, name);
        // A page may set a property before the element is defined: then it hides the accessor.
        if (own !== undefined && Reflect.deleteProperty(this, name)) Reflect.set(this, name, own.value);
      }
      this.#show();
    }

    attributeChangedCallback(name: string, _: string | null, value: string | null): void {
      if (name === 'labels' || name === 'reasons') this[name] = parseTexts(value);
      // What the page knows of an earlier visit.
      else if (name === 'verdict' && this.#session.turn === 0) this.#session = createSession(value);
      this.#checkSubject();
      this.#show();
    }

    get state(): ThumbsState {
      return this.#session.state;
    }
    get verdict(): Verdict | undefined {
      return this.#session.verdict;
    }

    /** What is under way for another answer goes on, unseen. */
    #checkSubject(): void {
      const { interaction_id: interaction, external_id: external } = this.#fields();
      const subject = interaction ?? external ?? undefined;
      if (subject === this.#subject) return;
      this.#subject = subject;
      this.#session = createSession(this.getAttribute('verdict'));
      this.#show();
    }

    #vote(verdict: Verdict): void {
      const session = this.#session;
      if (session.state === 'sending') return;
      // The pressed thumb is let go.
      session.verdict = verdict === session.verdict ? undefined : verdict;
      session.isOpen = session.verdict !== undefined;
      const fields = this.#fields();
      // Without anything to tell it by, an id tells later submissions that they change the first one.
      session.entry =
        this.#subject === undefined ? { ...fields, external_id: session.entry.external_id ?? randomKey() } : fields;
      this.#submit(session);
    }

    #close(): void {
      this.#session.isOpen = false;
      this.#show();
    }

    #show(): void {
      this.setAttribute('state', this.state);
      this.#view.show({
        ...this.#session,
        labels: { ...ENGLISH, ...this.labels },
        reasons: { ...ENGLISH_REASONS, ...this.reasons },
      });
    }

    #submit(session: Session): void {
      session.turn += 1;
      const { turn } = session;
      this.#setState(session, 'sending');
      session.last = session.last.then(() => (turn === session.turn ? this.#send(session) : undefined));
    }

    async #send(session: Session): Promise<void> {
      if (isOffline()) {
        this.#waitForConnection(session);
        return;
      }
      const { turn, verdict } = session;
      try {
        const state = await this.#tell(this.submitter ?? this.#connect(), session);
        session.known = verdict;
        if (turn === session.turn) this.#setState(session, state);
        this.#dispatch('feedback-sent', { id: session.id ?? '', state, verdict });
      } catch (error) {
        if (turn !== session.turn) return;
        session.canRetry = !isRefusal(error);
        if (!session.canRetry) {
          // Trying again changes nothing: what the server has is what is shown.
          session.verdict = session.told = session.known;
          session.isOpen = false;
        }
        if (isOffline()) this.#waitForConnection(session);
        else this.#setState(session, 'failed');
        this.#dispatch('feedback-failed', { error, state: session.state });
      }
    }

    #dispatch(name: string, detail: FeedbackSentDetail | FeedbackFailedDetail): void {
      this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
    }

    async #tell(submitter: Submitter, session: Session): Promise<ThumbsState> {
      const { verdict, told, entry } = session;
      const submit = async (type: Verdict): Promise<SubmittedFeedback> => {
        session.told = type;
        const stored = await submitter.submit({ ...entry, type }, { keepalive: true });
        session.id = stored.id;
        return stored;
      };
      if (verdict !== undefined) return (await submit(verdict)).updated === true ? 'changed' : 'sent';
      // What was told may have arrived although its answer has not: telling it again says which entry it is.
      const id = session.id ?? (told === undefined ? undefined : (await submit(told)).id);
      if (id !== undefined) await submitter.revise(id, { withdrawn: true });
      return 'withdrawn';
    }

    /** Also for an element that the page has removed by then. */
    #waitForConnection(session: Session): void {
      this.#setState(session, 'offline');
      addEventListener('online', () => session.state === 'offline' && this.#submit(session), { once: true });
    }

    #setState(session: Session, state: ThumbsState): void {
      session.state = state;
      if (session === this.#session) this.#show();
    }

    #fields(): Partial<Submission> {
      const fields = [...this.attributes]
        .filter(({ name }) => FIELD.test(name))
        .map(({ name, value }) => [name.replace('-', '_'), value] as const);
      return { ...this.entry, ...Object.fromEntries(fields) };
    }

    #connect(): Submitter {
      const tokenUrl = this.getAttribute('token-url');
      if (tokenUrl !== null && !tokenSources.has(tokenUrl)) tokenSources.set(tokenUrl, tokenFrom(tokenUrl));
      const token = this.token ?? tokenSources.get(tokenUrl ?? '');
      if (token === undefined) throw new TypeError('<feedback-thumbs> needs a token or token-url');
      return createSubmitter({ url: this.getAttribute('url') ?? '', token });
    }
  };
}

/** Asked anew each time: it changes while a request is under way. */
function isOffline(): boolean {
  return !navigator.onLine;
}

/** What an attribute says, whose values are shown as texts, whatever they are; nothing for what is no JSON. */
function parseTexts(value: string | null): Readonly<Record<string, never>> {
  try {
    return JSON.parse(value ?? '{}') as Readonly<Record<string, never>>;
  } catch {
    return {};
  }
}
