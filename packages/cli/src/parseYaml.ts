import { parseDocument } from 'yaml';
import { CliError } from './errors.ts';

/** A value written in YAML 1.1, as rostopic reads it; integers keep all their digits. Throws `ARGUMENT_INVALID`. */
export function parseYaml(text: string): unknown {
  const document = parseDocument(text, {
    version: '1.1',
    intAsBigInt: true,
    // A date or a blob is no ROS value: as text it is refused with the field's name.
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || !unwanted.has(tag.tag)),
  });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const [what = ''] = problem.message.split('\n');
    throw new CliError('ARGUMENT_INVALID', `${JSON.stringify(text)} is not valid YAML: ${what.replace(/:$/, '')}.`);
  }
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  return value;
}

const unwanted = new Set(['tag:yaml.org,2002:timestamp', 'tag:yaml.org,2002:binary']);
