/** How many entries a list has, as far as they are counted. */
export interface FeedbackTotal {
  /** The list has at least so many entries. */
  readonly count: number;
  /** Whether it has no more than these; `false` where counting has ended before the list. */
  readonly isExact: boolean;
}
