import { defineMessages } from '../../messages/messages.js';

export const dialogMessages = defineMessages(
  (format) => ({
    renewTitle: 'Renew the lease',
    renewText: 'The batch then holds its entries for so many hours from now. A lease never becomes shorter.',
    hours: 'Hours from now',
    hoursError: 'From 1 to 720.',
    renewed: 'The lease was renewed',
    releaseTitle: (number: number) => `Release batch ${number}?`,
    releaseText: (count: number) =>
      `All ${format.count(count, { one: 'entry is', other: 'entries are' })} given back: other batches can claim them, and reviewers can change them. The batch is over and cannot be downloaded or committed any more. This cannot be undone.`,
    releaseDo: 'Release entries',
    released: (number: number) => `Batch ${number} was released`,
    commitTitle: (number: number) => `Commit batch ${number}`,
    commitText: (count: number) =>
      `All ${format.count(count, { one: 'entry is', other: 'entries are' })} marked as used for good, and no other batch can take them. The produced adapter is registered with them as its provenance. This cannot be undone.`,
    produced: 'Produced adapter',
    producedError: 'Name the adapter that the training has produced.',
    version: 'Its version',
    base: 'Derived from',
    baseHint: 'The adapter or base model that was trained on.',
    metrics: 'Metrics',
    metricsHint: 'One per line, as “loss = 0.42”.',
    metricsError: (line: string) => `“${line}” is no name with a number.`,
    commitDo: 'Commit for good',
    committed: (number: number) => `Batch ${number} was committed`,
    alreadyCommitted: (adapter: string, when: string) =>
      `This batch was committed ${when} for the adapter ${adapter}. A batch is committed once; nothing was changed now.`,
    otherwise: (state: string) => `The batch is in the state “${state}” now, so nothing was changed.`,
  }),
  (format) => ({
    renewTitle: 'Reservierung verlängern',
    renewText: 'Der Stapel hält seine Einträge dann ab jetzt so viele Stunden. Eine Reservierung wird nie kürzer.',
    hours: 'Stunden ab jetzt',
    hoursError: 'Von 1 bis 720.',
    renewed: 'Die Reservierung wurde verlängert',
    releaseTitle: (number) => `Stapel ${number} freigeben?`,
    releaseText: (count) =>
      `${format.count(count, { one: 'Eintrag wird', other: 'Einträge werden' })} zurückgegeben: Andere Stapel können sie nehmen, und sie können neu geprüft werden. Der Stapel ist damit beendet und kann nicht mehr heruntergeladen oder abgeschlossen werden. Das lässt sich nicht rückgängig machen.`,
    releaseDo: 'Einträge freigeben',
    released: (number) => `Stapel ${number} wurde zurückgegeben`,
    commitTitle: (number) => `Stapel ${number} abschließen`,
    commitText: (count) =>
      `${format.count(count, { one: 'Eintrag wird', other: 'Einträge werden' })} endgültig als verwendet markiert, und kein anderer Stapel kann sie nehmen. Der entstandene Adapter wird mit ihnen als Herkunft eingetragen. Das lässt sich nicht rückgängig machen.`,
    produced: 'Entstandener Adapter',
    producedError: 'Nenne den Adapter, der beim Training entstanden ist.',
    version: 'Seine Version',
    base: 'Abgeleitet von',
    baseHint: 'Der Adapter oder das Basismodell, auf dem trainiert wurde.',
    metrics: 'Metriken',
    metricsHint: 'Eine je Zeile, wie „loss = 0.42“.',
    metricsError: (line) => `„${line}“ ist kein Name mit einer Zahl.`,
    commitDo: 'Endgültig abschließen',
    committed: (number) => `Stapel ${number} wurde abgeschlossen`,
    alreadyCommitted: (adapter, when) =>
      `Dieser Stapel wurde ${when} für den Adapter ${adapter} abgeschlossen. Das geht nur einmal; jetzt wurde nichts geändert.`,
    otherwise: (state) => `Der Stapel ist jetzt im Zustand „${state}“, daher wurde nichts geändert.`,
  }),
);
