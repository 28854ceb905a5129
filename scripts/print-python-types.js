// Prints the types of the Python client from the API's description: clients/python/src/feedback_graph/schema.py
import { readFile, writeFile } from 'node:fs/promises';

const SOURCE = new URL('../schema/openapi.json', import.meta.url);
const TARGET = new URL('../clients/python/src/feedback_graph/schema.py', import.meta.url);
const COMPONENTS = '#/components/schemas/';
/** Names that cannot be attributes of a class. */
const KEYWORDS = new Set(
  (
    'and as assert async await break class continue def del elif else except finally for from global if import in is lambda ' +
    'nonlocal not or pass raise return try while with yield False None True'
  ).split(' '),
);
/** What the client gives itself when it goes through the pages of a list. */
const PAGING = new Set(['limit', 'cursor', 'after']);
const SCALARS = { string: 'str', integer: 'int', number: 'float', boolean: 'bool', null: 'None' };

const HEAD = `"""What the server takes and answers, as \`\`schema/openapi.json\`\` of the repository describes it.

Printed by \`\`npm run schema\`\`. Everything here is a dictionary: a server that is newer than this client may add names.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, TypedDict, Union

from typing_extensions import NotRequired

Time = Union[datetime, int, str]
"""A time that is sent: a datetime with a time zone, epoch milliseconds, or RFC 3339."""
`;

/** Classes, each behind those that its keyword fields need. */
const classes = [];
/** Names for types that are no classes, which stand behind all that they may need. */
const aliases = [];
const names = new Set();

function capitalize(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function toClassName(field) {
  return field.split('_').map(capitalize).join('');
}

function literal(values) {
  const shown = values.filter((value) => value !== null).map((value) => JSON.stringify(value));
  const type = `Literal[${shown.join(', ')}]`;
  return values.includes(null) ? `Union[${type}, None]` : type;
}

/** A schema as a Python type. @param owner the name that a class for it gets */
function toType(schema, owner) {
  if (schema.$ref !== undefined) return schema.$ref.slice(COMPONENTS.length);
  if (schema['x-time'] === true && (Array.isArray(schema.type) || schema.type === 'string')) {
    return schema.type.includes('null') ? 'Union[Time, None]' : 'Time';
  }
  if (schema.const !== undefined) return literal([schema.const]);
  if (schema.enum !== undefined) return literal(schema.enum);
  const parts = schema.anyOf ?? schema.oneOf;
  if (parts !== undefined) return union(parts.map((part, at) => toType(part, `${owner}${at === 0 ? '' : at + 1}`)));
  if (Array.isArray(schema.type)) return union(schema.type.map((type) => toType({ ...schema, type }, owner)));
  if (schema.type === 'array') return `list[${toType(schema.items ?? {}, `${owner}Item`)}]`;
  if (schema.type === 'object') {
    if (schema.properties !== undefined) return toClass(owner, schema);
    const { additionalProperties: values } = schema;
    return `dict[str, ${typeof values === 'object' ? toType(values, `${owner}Value`) : 'Any'}]`;
  }
  return SCALARS[schema.type] ?? 'Any';
}

function union(types) {
  const different = [...new Set(types)];
  return different.length === 1 ? different[0] : `Union[${different.join(', ')}]`;
}

/** @throws where two objects would have one name: one of them needs a title of its own in the API's description */
function takeName(name) {
  if (names.has(name)) throw new Error(`Two types of the API would be called ${name} in Python`);
  names.add(name);
}

/** Writes a class for an object. @returns its name */
function toClass(name, { properties = {}, required = [], description }) {
  takeName(name);
  const fields = Object.entries(properties).map(([field, schema]) => {
    const type = toType(schema, `${name}${toClassName(field)}`);
    return { field, type, isRequired: required.includes(field), description: schema.description };
  });
  const reserved = fields.filter(({ field }) => KEYWORDS.has(field));
  let base = 'TypedDict';
  if (reserved.length > 0) {
    base = `${name}Keywords`;
    const entries = reserved.map(({ field, type, isRequired }) => {
      const given = isRequired ? type : `NotRequired[${type}]`;
      return `    ${JSON.stringify(field)}: ${JSON.stringify(given.replaceAll('"', "'"))},`;
    });
    classes.push(
      `${base} = TypedDict(\n    "${base}",\n    {\n${entries.map((entry) => `    ${entry}`).join('\n')}\n    },\n)`,
    );
  }
  const lines = [
    `class ${name}(${base}):`,
    `    """${docText(description ?? `The object \`${name}\` of the API.`)}"""`,
  ];
  for (const { field, type, isRequired, description: meaning } of fields) {
    if (KEYWORDS.has(field)) continue;
    lines.push('', `    ${field}: ${isRequired ? type : `NotRequired[${type}]`}`);
    if (meaning !== undefined) lines.push(`    """${docText(meaning)}"""`);
  }
  classes.push(lines.join('\n'));
  return name;
}

/** Markdown as what Python's documentation tools take. */
function docText(text) {
  return text.replaceAll('\\', '\\\\').replaceAll('"""', "'''").replaceAll('`', '``').replace(/"$/, '".');
}

const { components, paths } = JSON.parse(await readFile(SOURCE, 'utf8'));
for (const [name, schema] of Object.entries(components.schemas)) {
  if (schema.properties !== undefined) toClass(name, schema);
  else {
    takeName(name);
    aliases.push(`${name} = ${toType(schema, `${name}Value`)}`);
  }
}
for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods))) {
  const asked = (operation.parameters ?? []).filter((each) => each.in === 'query' && !PAGING.has(each.name));
  if (asked.length === 0) continue;
  toClass(`${capitalize(operation.operationId)}Query`, {
    description: `The parameters of \`${operation.operationId}\`, without those of its pages.`,
    properties: Object.fromEntries(asked.map(({ name, schema, description }) => [name, { description, ...schema }])),
    required: asked.filter(({ required }) => required).map(({ name }) => name),
  });
}
await writeFile(TARGET, `${HEAD}\n\n${[...classes, ...aliases].join('\n\n\n')}\n`);
