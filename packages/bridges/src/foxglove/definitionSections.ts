import type { Schema } from '@longline/ros';

const separator = /^={10,}[ \t]*\r?\n/m;
const messageLine = /^\s*MSG:[ \t]*(\S+)[ \t]*\r?\n?/;

/** The single texts that a concatenated definition holds, by `pkg/Type` as written there; the first is the type's own. */
export function* definitionSections(schema: Schema): Iterable<[type: string, text: string]> {
  const [own = '', ...dependencies] = schema.text.split(separator);
  yield [schema.name, own];
  for (const section of dependencies) {
    const match = messageLine.exec(section);
    if (match?.[1] !== undefined) yield [match[1], section.slice(match[0].length)];
  }
}
