import { concatDefinition, md5Of, ros1TypeName, RosError, serviceSchema } from '@longline/ros';
import type { Schema, ServiceSchema } from '@longline/ros';
import { bundledMessageText, bundledServiceText } from '@longline/ros/bundled';
import type { PackageFolders } from './PackageFolders.ts';

/** At most this many definitions seen on connections are kept, the newest. */
export const MAX_SEEN_DEFINITIONS = 4096;

/** Definitions of message and service types: those seen on connections first, then files, then the bundled common ones. */
export class Definitions {
  readonly #folders: PackageFolders;
  readonly #seen = new Map<string, Schema>();
  #crawled: Promise<void> | undefined;

  constructor(folders: PackageFolders) {
    this.#folders = folders;
  }

  /** Keeps the definition that a publisher sent. */
  remember(schema: Schema): void {
    this.#seen.delete(schema.name);
    this.#seen.set(schema.name, schema);
    if (this.#seen.size > MAX_SEEN_DEFINITIONS) {
      const [oldest] = this.#seen.keys();
      if (oldest !== undefined) this.#seen.delete(oldest);
    }
  }

  /** Rejects with `TYPE_UNKNOWN`; with `md5` given, also with `TYPE_MISMATCH` when the one found has another sum. */
  async message(type: string, md5?: string): Promise<Schema> {
    const name = ros1TypeName(type);
    const seen = this.#seen.get(name);
    const schema = seen ?? { name, encoding: 'ros1msg', text: await this.#afterCrawl(() => this.#concat(name)) };
    if (md5 !== undefined && md5 !== '*' && md5Of(schema) !== md5) throw mismatch(name, md5, md5Of(schema));
    return schema;
  }

  /** Rejects with `TYPE_UNKNOWN`. */
  async service(type: string): Promise<ServiceSchema> {
    return this.#afterCrawl(() => {
      const text = this.#folders.text(type, 'srv') ?? bundledServiceText(type);
      if (text === undefined) throw unknown(type, 'srv');
      return serviceSchema(type, text, 'ros1msg', (dependency) => this.#messageText(dependency));
    });
  }

  #concat(type: string): string {
    if (this.#messageText(type) === undefined) throw unknown(type, 'msg');
    return concatDefinition(type, (dependency) => this.#messageText(dependency));
  }

  #messageText(type: string): string | undefined {
    return this.#folders.text(type, 'msg') ?? bundledMessageText(type);
  }

  /** Source workspaces are searched once, and only when something is not found without. */
  async #afterCrawl<T>(find: () => T): Promise<T> {
    try {
      return find();
    } catch (error) {
      if (!(error instanceof RosError) || error.code !== 'TYPE_UNKNOWN' || this.#crawled !== undefined) throw error;
    }
    this.#crawled = this.#folders.crawl();
    await this.#crawled;
    return find();
  }
}

/** The robot's sum of a type is not the one of the definition found here. */
export function mismatch(type: string, theirs: string, ours: string): RosError {
  return new RosError(
    'TYPE_MISMATCH',
    `The robot's ${type} has MD5 sum ${theirs}; the definition found here has ${ours}. Put the robot's version of the package on the definition paths.`,
    { details: { type, theirs, ours } },
  );
}

function unknown(type: string, kind: 'msg' | 'srv'): RosError {
  return new RosError(
    'TYPE_UNKNOWN',
    `No ${type}.${kind} on the definition paths, and it is no common type. Add its package's folder to ROS_PACKAGE_PATH${kind === 'msg' ? ', or subscribe to a topic of this type first: publishers send its definition' : ''}.`,
    { details: { type } },
  );
}
