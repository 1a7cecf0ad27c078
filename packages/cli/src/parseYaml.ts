import { parseDocument } from 'yaml';
import type { ScalarTag } from 'yaml';
import { CliError } from './errors.ts';

/** A value written in YAML 1.1, as rostopic reads it; integers keep all their digits. Throws `ARGUMENT_INVALID`. */
export function parseYaml(text: string): unknown {
  const document = parseDocument(text, {
    version: '1.1',
    // Its warnings would go to standard error by themselves.
    logLevel: 'error',
    intAsBigInt: true,
    customTags: (tags) => [bool, ...tags.filter((tag) => typeof tag === 'string' || !unwanted.has(tag.tag))],
  });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const [what = ''] = problem.message.split('\n');
    throw new CliError('ARGUMENT_INVALID', `${JSON.stringify(text)} is not valid YAML: ${what.replace(/:$/, '')}.`);
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return value;
  } catch (error) {
    // Aliases of nothing, of themselves, or too many.
    const why = error instanceof Error ? error.message : 'it cannot be read';
    throw new CliError('ARGUMENT_INVALID', `${JSON.stringify(text)} is not valid YAML: ${why}.`);
  }
}

/** YAML 1.1 takes `y` and `n` for booleans too; PyYAML does not, and `{x: 1, y: 2}` is what ROS messages look like. */
const bool: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  test: /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
  resolve: (text) => /^(?:yes|true|on)$/i.test(text),
};

/** A date or a blob is no ROS value: as text it is refused with the field's name. */
const unwanted = new Set(['tag:yaml.org,2002:bool', 'tag:yaml.org,2002:timestamp', 'tag:yaml.org,2002:binary']);
