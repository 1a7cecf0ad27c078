import { z } from 'zod';
import { AgentError } from '../errors.ts';
import { agentConfigSchema } from './AgentConfig.ts';
import type { AgentConfig } from './AgentConfig.ts';
import { configIssues, pathText } from './configIssues.ts';

/** Most problems told at once. */
const MAX_TOLD = 10;

/**
 * Checks a config and fills in the defaults. `where` says for an entry where it stands, for people (`, line 3`).
 * Throws `CONFIG_INVALID` with every problem in its sentence.
 */
export function parseAgentConfig(
  input: unknown,
  source = 'The configuration',
  where: (path: readonly (string | number)[]) => string = () => '',
): AgentConfig {
  const result = checked(input, source);
  if (result.success) return result.data;
  const issues = configIssues(result.error, knownKeys);
  const told = issues.slice(0, MAX_TOLD).map(({ path, text }) => {
    const name = path.length === 0 ? 'as a whole' : pathText(path);
    return `${name}${where(path)}: ${text}`;
  });
  const more = issues.length > MAX_TOLD ? [`and ${issues.length - MAX_TOLD} more`] : [];
  throw new AgentError('CONFIG_INVALID', `${source} is not valid. ${[...told, ...more].join('; ')}.`, {
    details: { issues: issues.slice(0, MAX_TOLD).map(({ path, text }) => ({ path: pathText(path), text })) },
  });
}

/** zod looks at the length of what should be a list, whatever it is; one that is an object without a value throws. */
function checked(input: unknown, source: string): ReturnType<typeof agentConfigSchema.safeParse> {
  try {
    return agentConfigSchema.safeParse(input, { reportInput: true });
  } catch (cause) {
    throw new AgentError('CONFIG_INVALID', `${source} is not valid: it has a key "length" that is no number.`, {
      cause,
    });
  }
}

/** The keys of the object at a path of the schema. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  let schema: unknown = agentConfigSchema;
  for (const part of path) {
    schema = unwrapped(schema);
    if (schema instanceof z.ZodArray) schema = schema.element;
    else if (schema instanceof z.ZodObject && typeof part === 'string') schema = schema.shape[part];
  }
  schema = unwrapped(schema);
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** Without its defaults. */
function unwrapped(schema: unknown): unknown {
  let inner = schema;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault || inner instanceof z.ZodOptional) {
    inner = inner.unwrap();
  }
  return inner;
}
