import { readdir } from 'node:fs/promises';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** How deep below a search path packages are looked for; source workspaces nest repositories. */
const MAX_DEPTH = 4;
/** At most this many folders are visited in a search. */
const MAX_FOLDERS = 20_000;
/** Larger definition files are not read, in bytes. */
const MAX_FILE_BYTES = 1024 * 1024;

/**
 * Definition files in ROS packages below search paths, as `ROS_PACKAGE_PATH` has them: a path is a package itself, or
 * holds packages directly (`/opt/ros/noetic/share`), or somewhere below it (a source workspace; see {@link crawl}).
 */
export class PackageFolders {
  readonly #paths: readonly string[];
  readonly #found = new Map<string, string>();

  constructor(paths: readonly string[]) {
    this.#paths = paths;
  }

  /** The text of `pkg/Type`'s `.msg` or `.srv` file. */
  text(type: string, kind: 'msg' | 'srv'): string | undefined {
    const [pkg = '', name = ''] = type.split('/');
    if (!/^\w+$/.test(pkg) || !/^\w+$/.test(name)) return undefined;
    const crawled = this.#found.get(pkg);
    const folders = this.#paths.flatMap((path) =>
      basename(path) === pkg ? [path, join(path, pkg)] : [join(path, pkg)],
    );
    for (const folder of crawled === undefined ? folders : [...folders, crawled]) {
      const file = join(folder, kind, `${name}.${kind}`);
      try {
        if (statSync(file).size <= MAX_FILE_BYTES) return readFileSync(file, 'utf8');
      } catch {
        // Not in this folder.
      }
    }
    return undefined;
  }

  /** Looks through source workspaces for packages (folders with a `package.xml`), for {@link text} to find afterwards. */
  async crawl(): Promise<void> {
    let visited = 0;
    let level = this.#paths.map((path) => path);
    for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth += 1) {
      const below: string[] = [];
      for (const folder of level) {
        visited += 1;
        if (visited > MAX_FOLDERS) return;
        const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
        if (entries.some((entry) => entry.name === 'package.xml')) {
          if (!this.#found.has(basename(folder))) this.#found.set(basename(folder), folder);
          continue;
        }
        const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
        below.push(...folders.map((entry) => join(folder, entry.name)));
      }
      level = below;
    }
  }
}

/** Where ROS is installed on this machine: `/opt/ros/<release>/share` and Debian's own `/usr/share`. */
export function installedPaths(): readonly string[] {
  try {
    return [...readdirSync('/opt/ros').map((release) => join('/opt/ros', release, 'share')), '/usr/share'];
  } catch {
    return ['/usr/share'];
  }
}
