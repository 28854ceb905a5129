/** Every text that the widget shows or reads out. */
export interface ThumbsLabels {
  /** Names the group of buttons. */
  readonly group: string;
  readonly positive: string;
  readonly negative: string;
  /** Headings of the form, after a thumb up and a thumb down. */
  readonly whyPositive: string;
  readonly whyNegative: string;
  readonly correction: string;
  readonly comment: string;
  readonly send: string;
  readonly cancel: string;
  readonly retry: string;
  /** States, as a status line says them. */
  readonly sending: string;
  readonly sent: string;
  readonly changed: string;
  readonly withdrawn: string;
  readonly failed: string;
  readonly offline: string;
}

export const ENGLISH: ThumbsLabels = {
  group: 'Rate this answer',
  positive: 'Good answer',
  negative: 'Bad answer',
  whyPositive: 'What was good?',
  whyNegative: 'What was wrong?',
  correction: 'What would have been the right answer?',
  comment: 'Anything else?',
  send: 'Send',
  cancel: 'Cancel',
  retry: 'Try again',
  sending: 'Sending…',
  sent: 'Thank you.',
  changed: 'Changed. Thank you.',
  withdrawn: 'Taken back.',
  failed: 'This could not be sent.',
  offline: 'You are offline. This is sent once you are back.',
};

/** For each verdict, the reasons that the form offers: what is stored, and what is shown. */
export interface ThumbsReasons {
  readonly positive: Readonly<Record<string, string>>;
  readonly negative: Readonly<Record<string, string>>;
}

export const ENGLISH_REASONS: ThumbsReasons = {
  positive: { correct: 'Correct', helpful: 'Helpful', clear: 'Easy to understand' },
  negative: { incorrect: 'Not correct', incomplete: 'Incomplete', off_topic: 'Not what I asked', unsafe: 'Harmful' },
};
