import { ros1TypeName, ros2TypeName, RosError, schemaOf } from '@longline/ros';
import type { Schema } from '@longline/ros';
import { commonDefinition } from './commonDefinitions.ts';
import { definitionSections } from './definitionSections.ts';

export interface FoxgloveDefinitionsOptions {
  readonly rosVersion: () => 1 | 2;
  /** Definitions that the server gave: of its channels and its services. */
  readonly schemas: () => Iterable<Schema>;
}

/**
 * Definitions by type. A Foxglove server has no question for them: it describes its channels and services, and with them the
 * types that they contain; beyond those only common types are known.
 */
export class FoxgloveDefinitions {
  readonly #options: FoxgloveDefinitionsOptions;
  /** Single texts by `pkg/Type`; undefined after the server's definitions changed. */
  #texts: Map<string, string> | undefined;
  readonly #made = new Map<string, Schema>();

  constructor(options: FoxgloveDefinitionsOptions) {
    this.#options = options;
  }

  /** The server's channels or services changed. */
  handleChanged(): void {
    this.#texts = undefined;
    this.#made.clear();
  }

  /** Throws `NAME_INVALID`, `TYPE_UNKNOWN`. */
  find(type: string): Schema {
    const rosVersion = this.#options.rosVersion();
    const encoding = rosVersion === 1 ? 'ros1msg' : 'ros2msg';
    const name = rosVersion === 1 ? ros1TypeName(type) : ros2TypeName(type);
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    const texts = (this.#texts ??= this.#read());
    const textOf = (asked: string): string | undefined => {
      const ros1Name = ros1TypeName(asked);
      return texts.get(ros1Name) ?? commonDefinition(rosVersion, ros1Name);
    };
    const own = textOf(name);
    if (own === undefined) throw unknownType(name);
    const schema = this.#exact(name, encoding) ?? schemaOf(name, own, encoding, textOf);
    this.#made.set(name, schema);
    return schema;
  }

  /** As the server gave it. */
  #exact(name: string, encoding: string): Schema | undefined {
    for (const schema of this.#options.schemas())
      if (schema.name === name && schema.encoding === encoding && schema.text !== '') return schema;
    return undefined;
  }

  #read(): Map<string, string> {
    const texts = new Map<string, string>();
    for (const schema of this.#options.schemas()) {
      if (schema.encoding === '') continue;
      for (const [type, text] of definitionSections(schema)) {
        try {
          const name = ros1TypeName(type);
          if (!texts.has(name)) texts.set(name, text);
        } catch {
          // A section with an impossible name must not hide the others.
        }
      }
    }
    return texts;
  }
}

const unknownType = (type: string): RosError =>
  new RosError(
    'TYPE_UNKNOWN',
    `The Foxglove server describes the type ${type} nowhere, and it is none of the common ones. It does as soon as a node publishes it.`,
    { details: { type } },
  );
