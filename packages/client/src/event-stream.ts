/** Server-sent events (WHATWG HTML, section 9.2), of which an id alone moves the place, too. */
export interface ServerEvent {
  /** The place in the stream. */
  readonly id?: string;
  readonly data?: string;
  /** What the server asks clients to wait before they connect again, ms. */
  readonly retryMs?: number;
}

/** A parser that is fed pieces of the text, however they are cut, and returns the events that are complete. */
export function createEventParser(): (piece: string) => ServerEvent[] {
  let rest = '';
  let fields: { id?: string; data?: string; retryMs?: number } = {};
  return (piece) => {
    const events: ServerEvent[] = [];
    // A carriage return at the end may be half of a line's end.
    const text = rest + piece;
    const lines = text.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (Object.keys(fields).length > 0) events.push(fields);
        fields = {};
        continue;
      }
      const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
      if (name === 'id') fields.id = value;
      else if (name === 'data') fields.data = fields.data === undefined ? value : `${fields.data}\n${value}`;
      else if (name === 'retry' && /^\d+$/.test(value)) fields.retryMs = Number(value);
    }
    return events;
  };
}
