/** What signing in needs of the browser; `browserPlatform` of browser.ts has the real one, and tests bring their own. */

export interface KeyValueStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Words between the tabs of one browser that are open on this server. */
export interface TabChannel {
  post(message: unknown): void;
  /** Hands over what other tabs post; the answer stops it. */
  listen(listener: (message: unknown) => void): () => void;
}

export interface Platform {
  readonly fetch: typeof fetch;
  /** Kept for this tab, over reloads, until it is closed. */
  readonly storage: KeyValueStorage;
  readonly getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;
  /** SHA-256. Absent where browsers have no cryptography, which is on pages over plain HTTP but for this machine's. */
  readonly digest?: ((bytes: Uint8Array<ArrayBuffer>) => Promise<ArrayBuffer>) | undefined;
  /** That of the page: `https://feedback.example`. */
  readonly origin: string;
  /** Epoch ms. */
  readonly now: () => number;
  /** Calls once after so many ms; the answer prevents it. */
  readonly startTimer: (act: () => void, milliseconds: number) => () => void;
  /** Absent where browsers have none: each tab is on its own then. */
  readonly tabs?: TabChannel | undefined;
  /** Runs while no other tab runs anything with it. */
  readonly exclusive?: (<Result>(act: () => Promise<Result>) => Promise<Result>) | undefined;
}
