/** Values as the openCypher TCK writes them in tables, in one canonical text, and values of ours in the same. */
import {
  isList,
  isMap,
  isNode,
  isPath,
  type NodeValue,
  type Properties,
  type RelationshipValue,
  type Value,
} from '../../src/value.js';

export interface Notation {
  /** Items of lists in any order. */
  readonly unorderedLists: boolean;
}

/** The canonical text of a value of ours. */
export function textOf(value: Value, notation: Notation): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'boolean':
      return String(value);
    case 'bigint':
      return String(value);
    case 'number':
      return floatText(value);
    case 'string':
      return JSON.stringify(value);
    default:
      break;
  }
  if (isList(value))
    return listText(
      value.map((item) => textOf(item, notation)),
      notation,
    );
  if (isMap(value)) return mapText([...value].map(([key, item]) => [key, textOf(item, notation)]));
  if (isPath(value)) {
    const texts = value.nodes.map((node) => nodeTextOf(node, notation));
    value.relationships.forEach((relationship, index) => {
      const forward = relationship.start === value.nodes[index]?.id;
      const text = relationshipTextOf(relationship, notation);
      texts[index + 1] = `${forward ? `-${text}->` : `<-${text}-`}${texts[index + 1] ?? ''}`;
    });
    return `<${texts.join('')}>`;
  }
  return isNode(value) ? nodeTextOf(value, notation) : relationshipTextOf(value, notation);
}

function nodeTextOf({ labels, properties }: NodeValue, notation: Notation): string {
  return nodeText(labels, propertiesText(properties, notation));
}

function relationshipTextOf({ type, properties }: RelationshipValue, notation: Notation): string {
  return `[:${type}${propertiesText(properties, notation)}]`;
}

function propertiesText(properties: Properties, notation: Notation): string {
  const entries = [...properties.keys()].map((key): [string, string] => [
    key,
    textOf(properties.get(key) ?? null, notation),
  ]);
  return entries.length === 0 ? '' : mapText(entries);
}

function nodeText(labels: readonly string[], properties: string): string {
  return `(${[...labels]
    .sort()
    .map((label) => `:${label}`)
    .join('')}${properties})`;
}

function listText(items: readonly string[], { unorderedLists }: Notation): string {
  return `[${(unorderedLists ? [...items].sort() : items).join(', ')}]`;
}

function mapText(entries: readonly (readonly [string, string])[]): string {
  const sorted = [...entries].sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${sorted.map(([key, text]) => `${key}: ${text}`).join(', ')}}`;
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  // -0 is 0, as the language compares them.
  return Number.isInteger(value) ? `${value + 0}.0` : String(value);
}

/** The canonical text of what a cell says. @throws Error for what it cannot read */
export function textOfCell(cell: string, notation: Notation): string {
  const reader = new CellReader(cell, notation);
  const text = reader.value();
  reader.end();
  return text;
}

class CellReader {
  #at = 0;

  constructor(
    readonly cell: string,
    readonly notation: Notation,
  ) {}

  value(): string {
    this.#blank();
    switch (this.cell.charAt(this.#at)) {
      case "'":
        return JSON.stringify(this.#string());
      case '[':
        return this.#startsWith('[:') ? this.#relationship() : this.#list();
      case '{':
        return this.#map();
      case '(':
        return this.#node();
      case '<':
        return this.#path();
      default:
        return this.#word();
    }
  }

  end(): void {
    this.#blank();
    if (this.#at < this.cell.length) throw new Error(`Cannot read the cell ${this.cell}`);
  }

  #blank(): void {
    while (this.cell.charAt(this.#at) === ' ') this.#at += 1;
  }

  #startsWith(text: string): boolean {
    this.#blank();
    return this.cell.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#startsWith(text)) return false;
    this.#at += text.length;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw new Error(`Cannot read the cell ${this.cell} at ${this.#at}`);
  }

  #string(): string {
    this.#at += 1;
    let text = '';
    for (; this.cell.charAt(this.#at) !== "'"; this.#at += 1) {
      if (this.#at >= this.cell.length) throw new Error(`A string of the cell ${this.cell} does not end`);
      if (this.cell.charAt(this.#at) === '\\') this.#at += 1;
      text += this.cell.charAt(this.#at);
    }
    this.#at += 1;
    return text;
  }

  #name(): string {
    const name = /^`[^`]*`|^[^\s:{}()[\],'<>-]+/.exec(this.cell.slice(this.#at))?.[0] ?? '';
    this.#at += name.length;
    return name.replaceAll('`', '');
  }

  #word(): string {
    const word = /^[^\s,\]})>]+/.exec(this.cell.slice(this.#at))?.[0] ?? '';
    this.#at += word.length;
    if (['null', 'true', 'false', 'NaN'].includes(word)) return word;
    if (/^-?\d+$/.test(word)) return String(BigInt(word));
    const number = Number(word.replace('Inf', 'Infinity'));
    if (word === '' || Number.isNaN(number)) throw new Error(`Cannot read ${word} of the cell ${this.cell}`);
    return floatText(number);
  }

  #list(): string {
    this.#expect('[');
    const items: string[] = [];
    while (!this.#take(']')) {
      items.push(this.value());
      this.#take(',');
    }
    return listText(items, this.notation);
  }

  #map(): string {
    this.#expect('{');
    const entries: [string, string][] = [];
    while (!this.#take('}')) {
      this.#blank();
      const key = this.#name();
      this.#expect(':');
      entries.push([key, this.value()]);
      this.#take(',');
    }
    return mapText(entries);
  }

  #propertiesUntil(close: string): string {
    const properties = this.#startsWith('{') ? this.#map() : '';
    this.#expect(close);
    return properties === '{}' ? '' : properties;
  }

  #node(): string {
    this.#expect('(');
    const labels: string[] = [];
    while (this.#take(':')) labels.push(this.#name());
    return nodeText(labels, this.#propertiesUntil(')'));
  }

  #relationship(): string {
    this.#expect('[:');
    const type = this.#name();
    return `[:${type}${this.#propertiesUntil(']')}]`;
  }

  #path(): string {
    this.#expect('<');
    let text = this.#node();
    while (!this.#take('>')) {
      const back = this.#take('<-');
      if (!back) this.#expect('-');
      const relationship = this.#relationship();
      this.#expect(back ? '-' : '->');
      text += back ? `<-${relationship}-` : `-${relationship}->`;
      text += this.#node();
    }
    return `<${text}>`;
  }
}
