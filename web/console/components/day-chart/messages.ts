import { defineMessages } from '../../messages/messages.js';

export const dayChartMessages = defineMessages(
  (format) => ({
    summary: (days: number, entries: number) =>
      `Bars of entries by day and status: ${format.count(days, { one: 'day', other: 'days' })}, ${format.count(entries, { one: 'entry', other: 'entries' })}. The table has the same numbers.`,
    allDays: (days: number) => format.count(days, { one: 'day', other: 'days' }),
    total: 'Total',
    day: 'Day',
    dragAdvice: 'Drag over days to open their entries, or choose them here:',
    from: 'From',
    to: 'To',
    show: 'Show entries',
  }),
  (format) => ({
    summary: (days, entries) =>
      `Balken der Einträge nach Tag und Status: ${format.count(days, { one: 'Tag', other: 'Tage' })}, ${format.count(entries, { one: 'Eintrag', other: 'Einträge' })}. Die Tabelle enthält dieselben Zahlen.`,
    allDays: (days) => format.count(days, { one: 'Tag', other: 'Tage' }),
    total: 'Gesamt',
    day: 'Tag',
    dragAdvice: 'Ziehen Sie über Tage, um deren Einträge zu öffnen, oder wählen Sie sie hier:',
    from: 'Von',
    to: 'Bis',
    show: 'Einträge zeigen',
  }),
);
