import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** A shell command of a page, and the heading that it stands under. */
export interface DocumentedCommand {
  readonly heading: string;
  readonly command: string;
}

/** The shell commands of a page: every line of its `sh` blocks, continued lines joined. */
export function documentedCommands(page: string): readonly DocumentedCommand[] {
  const text = readFileSync(join(root, page), 'utf8');
  let heading = '';
  return [...text.matchAll(/^##+ ([^\n]*)$|^```sh\n(.*?)^```/gms)].flatMap(([, title, block = '']) => {
    if (title !== undefined) heading = title;
    return block
      .replaceAll('\\\n', ' ')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((command) => ({ heading, command }));
  });
}
