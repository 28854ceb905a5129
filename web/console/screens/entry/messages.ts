import { defineMessages } from '../../messages/messages.js';

export const entryMessages = defineMessages(
  () => ({
    title: 'Feedback entry',
    question: 'Question',
    answer: 'Answer',
    correction: 'Correction',
    comment: 'Comment',
    notFound: 'This entry does not exist',
    notFoundAdvice: 'It may have been erased, or the id has a mistake in it.',
  }),
  () => ({
    title: 'Feedback-Eintrag',
    question: 'Frage',
    answer: 'Antwort',
    correction: 'Korrektur',
    comment: 'Kommentar',
    notFound: 'Diesen Eintrag gibt es nicht',
    notFoundAdvice: 'Vielleicht wurde er gelöscht, oder die ID ist falsch.',
  }),
);
