import { topicPattern } from '@longline/ros';

/** Names whose answer is remembered; beyond it all are found out anew. */
const MAX_REMEMBERED = 1_000;

/** Which topics, services and parameters somebody's patterns mean. Asked for every frame of motion, so answers are remembered. */
export class NamePatterns {
  /** Every name there may be, also one that no robot takes. */
  readonly areAll: boolean;
  readonly #patterns: readonly { readonly matches: (name: string) => boolean; readonly isDeep: boolean }[];
  readonly #remembered = new Map<string, boolean>();

  /** Throws `PATTERN_INVALID`. */
  constructor(patterns: readonly string[]) {
    this.areAll = patterns.includes('/**');
    this.#patterns = patterns.map((pattern) => ({ matches: topicPattern(pattern), isDeep: pattern.endsWith('/**') }));
  }

  /** A name without the slash in front is meant with it: parameters of ROS 2, and names of some clients, come so. */
  matches(name: string): boolean {
    if (this.areAll) return true;
    let isMeant = this.#remembered.get(name);
    if (isMeant === undefined) {
      isMeant = isPlain(name) && this.#patterns.some(({ matches }) => matches(absolute(name)));
      if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
      this.#remembered.set(name, isMeant);
    }
    return isMeant;
  }

  /** Also everything below it: a parameter of ROS 1 may be a whole tree. */
  matchesBelow(name: string): boolean {
    if (this.areAll) return true;
    return isPlain(name) && this.#patterns.some(({ matches, isDeep }) => isDeep && matches(absolute(name)));
  }
}

const absolute = (name: string): string => (name.startsWith('/') ? name : `/${name}`);

/** `//cmd_vel` and `/` may mean something else to a robot than to a pattern. */
const isPlain = (name: string): boolean => name !== '' && !name.endsWith('/') && !name.includes('//');
