/** Reads feature files (Gherkin) as far as the openCypher TCK uses them. */

export interface Step {
  /** Without its keyword. */
  readonly text: string;
  /** What stands between `"""`. */
  readonly body?: string;
  /** Rows of cells, the header first. */
  readonly table?: readonly (readonly string[])[];
}

export interface Scenario {
  /** Of the scenario, with the number of the example where it is an outline. */
  readonly name: string;
  readonly steps: readonly Step[];
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

interface Draft {
  readonly name: string;
  readonly isOutline: boolean;
  readonly steps: Writable<Step>[];
  readonly examples: (readonly string[])[][];
}

const STEP = /^(?:Given|When|Then|And|But)\s+(.*)$/;
const SCENARIO = /^(Scenario|Scenario Outline|Background):\s*(.*)$/;

export function parseFeature(text: string): Scenario[] {
  const drafts: Draft[] = [];
  let background: Writable<Step>[] = [];
  let current: Draft | undefined;
  let inExamples = false;
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const line = (lines[at] ?? '').trim();
    const scenario = SCENARIO.exec(line);
    const step = STEP.exec(line);
    if (scenario !== null) {
      inExamples = false;
      const [, kind, name = ''] = scenario;
      current = { name, isOutline: kind === 'Scenario Outline', steps: [], examples: [] };
      if (kind === 'Background') background = current.steps;
      else drafts.push(current);
    } else if (line.startsWith('Examples:')) {
      inExamples = true;
      current?.examples.push([]);
    } else if (line === '"""') {
      const indent = (lines[at] ?? '').indexOf('"""');
      const body: string[] = [];
      for (at += 1; at < lines.length && lines[at]?.trim() !== '"""'; at += 1)
        body.push((lines[at] ?? '').slice(indent));
      const last = current?.steps.at(-1);
      if (last !== undefined) last.body = body.join('\n');
    } else if (line.startsWith('|')) {
      const cells = cellsOf(line);
      const last = current?.steps.at(-1);
      if (inExamples) current?.examples.at(-1)?.push(cells);
      else if (last !== undefined) last.table = [...(last.table ?? []), cells];
    } else if (step !== null && !inExamples) {
      current?.steps.push({ text: step[1] ?? '' });
    }
  }
  return drafts.flatMap((draft) => scenariosOf({ ...draft, steps: [...background, ...draft.steps] }));
}

function cellsOf(line: string): string[] {
  const cells: string[] = [];
  let cell = '';
  for (let at = 1; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (character === '\\') {
      at += 1;
      const escaped = line.charAt(at);
      cell += escaped === 'n' ? '\n' : escaped === '|' || escaped === '\\' ? escaped : `\\${escaped}`;
    } else if (character === '|') {
      cells.push(cell.trim());
      cell = '';
    } else cell += character;
  }
  return cells;
}

function scenariosOf({ name, isOutline, steps, examples }: Draft): Scenario[] {
  if (!isOutline) return [{ name, steps }];
  return examples.flatMap(([header = [], ...rows]) =>
    rows.map((row, index) => {
      const fill = (text: string): string =>
        header.reduce((filled, column, at) => filled.replaceAll(`<${column}>`, row[at] ?? ''), text);
      return { name: `${fill(name)} (example ${index + 1})`, steps: steps.map((step) => filled(step, fill)) };
    }),
  );
}

function filled({ text, body, table }: Step, fill: (text: string) => string): Step {
  return {
    text: fill(text),
    ...(body !== undefined && { body: fill(body) }),
    ...(table !== undefined && { table: table.map((row) => row.map(fill)) }),
  };
}
