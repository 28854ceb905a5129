import { defineMessages } from '../messages/messages.js';

export const adviceMessages = defineMessages(
  (format) => ({
    balance: 'Balance',
    corrected: (corrected: number, negative: number) =>
      `${format.number(corrected)} of ${format.number(negative)} negative entries have a correction.`,
    weights: (desirable: number, undesirable: number) =>
      `For KTO, weigh desirable rows by ${format.number(desirable)} and undesirable ones by ${format.number(undesirable)}.`,
    methods: 'Rows for each way of training',
    tasks: { SFT: 'SFT: good answers', DPO: 'DPO: pairs of answers', KTO: 'KTO: judged answers' },
    rows: (count: number) => format.count(count, { one: 'row', other: 'rows' }),
    duplicates: 'the same as an earlier row',
    paired: 'in the row of another entry',
    reasons: {
      BLANK_TEXT: 'a text is blank',
      SUPERSEDED: 'the same user has judged again later',
      CORRECTION_EQUALS_ANSWER: 'the correction is the answer',
      OUTVOTED: 'more users say the opposite',
      TIED: 'as many users say the opposite',
      POSITIVE_HAS_NO_REJECTED_ANSWER: 'no worse answer to the question',
      ANSWERS_ARE_EQUAL: 'both answers are the same',
      PREFERENCE_TIED: 'neither answer is preferred',
      PREFERENCE_IS_NO_VERDICT: 'a preference is no verdict',
      NEGATIVE_WITHOUT_CORRECTION: 'negative without a correction',
      CONVERSATION_NOT_SUPPORTED: 'the format has no place for the conversation',
    },
    conflicts: (count: number) => (count === 0 ? 'Conflicts' : `Conflicts: ${format.number(count)}`),
    noConflicts: 'No question has both positive and negative judgements.',
    conflictAdvice: (shown: number) =>
      `The same question is judged both ways. That is fine where the answers differ; look at what is no disagreement about them. The first ${format.number(shown)}:`,
  }),
  (format) => ({
    balance: 'Ausgewogenheit',
    corrected: (corrected, negative) =>
      `${format.number(corrected)} von ${format.number(negative)} negativen Einträgen haben eine Korrektur.`,
    weights: (desirable, undesirable) =>
      `Für KTO: erwünschte Zeilen mit ${format.number(desirable)} gewichten, unerwünschte mit ${format.number(undesirable)}.`,
    methods: 'Zeilen je Trainingsart',
    tasks: { SFT: 'SFT: gute Antworten', DPO: 'DPO: Antwortpaare', KTO: 'KTO: beurteilte Antworten' },
    rows: (count) => format.count(count, { one: 'Zeile', other: 'Zeilen' }),
    duplicates: 'gleich einer früheren Zeile',
    paired: 'in der Zeile eines anderen Eintrags',
    reasons: {
      BLANK_TEXT: 'ein Text ist leer',
      SUPERSEDED: 'dieselbe Person hat später neu geurteilt',
      CORRECTION_EQUALS_ANSWER: 'die Korrektur ist die Antwort',
      OUTVOTED: 'mehr Personen sagen das Gegenteil',
      TIED: 'gleich viele Personen sagen das Gegenteil',
      POSITIVE_HAS_NO_REJECTED_ANSWER: 'keine schlechtere Antwort auf die Frage',
      ANSWERS_ARE_EQUAL: 'beide Antworten sind gleich',
      PREFERENCE_TIED: 'keine Antwort wird vorgezogen',
      PREFERENCE_IS_NO_VERDICT: 'ein Vergleich ist kein Urteil',
      NEGATIVE_WITHOUT_CORRECTION: 'negativ ohne Korrektur',
      CONVERSATION_NOT_SUPPORTED: 'das Format hat keinen Platz für das Gespräch',
    },
    conflicts: (count) => (count === 0 ? 'Widersprüche' : `Widersprüche: ${format.number(count)}`),
    noConflicts: 'Keine Frage ist sowohl positiv als auch negativ beurteilt.',
    conflictAdvice: (shown) =>
      `Dieselbe Frage ist verschieden beurteilt. Bei verschiedenen Antworten ist das in Ordnung; sehen Sie sich die anderen an. Die ersten ${format.number(shown)}:`,
  }),
);
