import { readFile, stat } from 'node:fs/promises';
import { LineCounter, parseDocument } from 'yaml';
import { isMap, isNode, isScalar } from 'yaml';
import type { Document } from 'yaml';
import { AgentError } from '../errors.ts';
import { identityDefaults } from '../identity/identityDefaults.ts';
import type { AgentConfig, AgentConfigInput } from './AgentConfig.ts';
import { parseAgentConfig } from './parseAgentConfig.ts';

/** Largest config file read, in bytes. */
export const MAX_CONFIG_BYTES = 1024 * 1024;

/** Where a config comes from; all of it may be left out. */
export interface AgentConfigSource {
  /** A YAML file. */
  readonly path?: string;
  /** YAML text, instead of a file. */
  readonly text?: string;
  /** What flags say; each key replaces the file's. */
  readonly overrides?: AgentConfigInput;
  /** Of the process: an identity that this robot has says then what is left out. Default: none is looked for. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * Reads a config from YAML and fills in the defaults. Throws `CONFIG_INVALID` that names the file, the lines, what was
 * expected and what came.
 */
export async function loadAgentConfig(source: AgentConfigSource = {}): Promise<AgentConfig> {
  const name = source.path ?? 'The configuration';
  const text = source.text ?? (source.path === undefined ? '' : await readConfigFile(source.path));
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [fault] = document.errors;
  if (fault !== undefined) {
    const { line, col } = lines.linePos(fault.pos[0]);
    throw new AgentError('CONFIG_INVALID', `${name} is not YAML: line ${line}, column ${col}: ${fault.message}.`, {
      cause: fault,
    });
  }
  const fromFile = plainValue(document, name);
  if (fromFile !== null && (typeof fromFile !== 'object' || Array.isArray(fromFile))) {
    throw new AgentError('CONFIG_INVALID', `${name} must hold keys with values, like "device: robot-1".`);
  }
  const overrides = Object.fromEntries(
    Object.entries(source.overrides ?? {}).filter(([, value]) => value !== undefined),
  );
  const given: Record<string, unknown> = { ...fromFile, ...overrides };
  const defaults = source.environment === undefined ? {} : identityDefaults(given, source.environment);
  return parseAgentConfig({ ...defaults, ...given }, name, (path) => {
    if (path[0] !== undefined && path[0] in overrides) return ' (given on the command line)';
    const offset = offsetOf(document, path);
    return offset === undefined ? '' : ` (line ${lines.linePos(offset).line})`;
  });
}

/** Throws `CONFIG_INVALID` for aliases of nothing, of themselves and too many. */
function plainValue(document: Document, name: string): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return value;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'it cannot be read';
    throw new AgentError('CONFIG_INVALID', `${name} is not usable YAML: ${why}.`, { cause });
  }
}

async function readConfigFile(path: string): Promise<string> {
  let bytes: number;
  try {
    bytes = (await stat(path)).size;
    if (bytes <= MAX_CONFIG_BYTES) return await readFile(path, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unknown error';
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw new AgentError('CONFIG_INVALID', `${path} cannot be read: ${isMissing ? 'there is no such file' : why}.`, {
      cause,
    });
  }
  throw new AgentError('CONFIG_INVALID', `${path} has ${bytes} bytes; a config has at most ${MAX_CONFIG_BYTES}.`);
}

/** Where an entry stands in the text: at its key where it has one. Of entries that are missing, their parent. */
function offsetOf(document: Document, path: readonly (string | number)[]): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && key.value === last);
      if (pair !== undefined && isScalar(pair.key) && pair.key.range) return pair.key.range[0];
    }
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return undefined;
}
