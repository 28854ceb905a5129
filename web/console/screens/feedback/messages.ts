import { defineMessages } from '../../messages/messages.js';

export const feedbackMessages = defineMessages(
  (format) => ({
    title: 'Feedback',
    status: 'Status',
    anyStatus: 'Any status',
    entries: (count: number) => format.count(count, { one: 'entry', other: 'entries' }),
    columns: {
      question: 'Question',
      judgement: 'Judgement',
      status: 'Status',
      adapter: 'Adapter',
      user: 'User',
      submitted: 'Submitted',
    },
    empty: 'No feedback yet',
    emptyAdvice: 'Entries appear here as soon as an application submits them.',
    noMatch: 'No entry matches',
    noMatchAdvice: 'Choose another status to see more.',
  }),
  (format) => ({
    title: 'Feedback',
    status: 'Status',
    anyStatus: 'Jeder Status',
    entries: (count) => format.count(count, { one: 'Eintrag', other: 'Einträge' }),
    columns: {
      question: 'Frage',
      judgement: 'Urteil',
      status: 'Status',
      adapter: 'Adapter',
      user: 'Person',
      submitted: 'Eingegangen',
    },
    empty: 'Noch kein Feedback',
    emptyAdvice: 'Einträge erscheinen hier, sobald eine Anwendung welche sendet.',
    noMatch: 'Kein Eintrag passt',
    noMatchAdvice: 'Ein anderer Status zeigt mehr.',
  }),
);
