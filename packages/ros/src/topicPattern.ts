import { MAX_NAME_LENGTH } from './checkTopicName.ts';
import { RosError } from './errors.ts';

/** Longest pattern accepted, in characters. */
export const MAX_PATTERN_LENGTH = 512;
/** Most plain patterns that the `{a,b}` of one pattern may stand for. */
export const MAX_PATTERN_ALTERNATIVES = 64;

const legalPattern = /^[\w/*{},]+$/;

/**
 * Compiles a topic pattern: `*` is any text within one part, `**` any number of parts (also none), `{a,b}` is either.
 *
 * `/camera/**` matches `/camera` and everything below it. Matching takes time proportional to pattern times topic
 * length, whatever the pattern. Throws `PATTERN_INVALID`.
 */
export function topicPattern(text: string): (topic: string) => boolean {
  if (text.length > MAX_PATTERN_LENGTH) {
    throw invalid(
      text,
      `has ${text.length} characters; at most ${MAX_PATTERN_LENGTH} are allowed. Use several patterns`,
    );
  }
  if (!legalPattern.test(text)) {
    throw invalid(text, 'may hold letters, digits, "_", "/", "*", "**" and "{a,b}" only');
  }
  const alternatives = expandBraces(text).map((plain) => compilePlain(text, plain));
  const [only] = alternatives;
  const matchesParts =
    alternatives.length === 1 && only !== undefined
      ? only
      : (parts: readonly string[]) => alternatives.some((matches) => matches(parts));
  return (topic) => topic.length <= MAX_NAME_LENGTH && topic.startsWith('/') && matchesParts(topic.slice(1).split('/'));
}

/** Whether a topic matches one of the patterns; never, for no patterns. Throws `PATTERN_INVALID`. */
export function matchesAny(patterns: readonly string[]): (topic: string) => boolean {
  const compiled = patterns.map(topicPattern);
  return (topic) => compiled.some((matches) => matches(topic));
}

function compilePlain(text: string, plain: string): (parts: readonly string[]) => boolean {
  if (!plain.startsWith('/')) throw invalid(text, 'must begin with "/". Write /** for every topic');
  const parts = plain.slice(1).split('/');
  for (const part of parts) {
    if (part === '') throw invalid(text, 'has an empty part: two slashes in a row, or one at the end. Leave it out');
    if (part !== '**' && part.includes('**')) {
      throw invalid(text, `has "**" beside other text in "${part}". Write "*" there, or "**" between slashes`);
    }
  }
  if (!plain.includes('*'))
    return (topicParts) => topicParts.length === parts.length && topicParts.join('/') === plain.slice(1);
  return (topicParts) => matchWithStars(parts, topicParts, '**', matchPart);
}

function matchPart(pattern: string | undefined, part: string | undefined): boolean {
  if (pattern === undefined || part === undefined) return false;
  if (!pattern.includes('*')) return pattern === part;
  return matchWithStars(pattern, part, '*', (a, b) => a === b);
}

/**
 * Only the last star met can still need to take more, so at most pattern length times subject length comparisons are
 * made: no nesting, no regular expression.
 */
function matchWithStars(
  pattern: ArrayLike<string>,
  subject: ArrayLike<string>,
  star: string,
  equal: (pattern: string | undefined, subject: string | undefined) => boolean,
): boolean {
  let p = 0;
  let s = 0;
  let starAt = -1;
  let retryAt = 0;
  while (s < subject.length) {
    if (p < pattern.length && pattern[p] === star) {
      starAt = p++;
      retryAt = s;
    } else if (p < pattern.length && equal(pattern[p], subject[s])) {
      p++;
      s++;
    } else if (starAt >= 0) {
      p = starAt + 1;
      s = ++retryAt;
    } else {
      return false;
    }
  }
  while (p < pattern.length && pattern[p] === star) p++;
  return p === pattern.length;
}

function expandBraces(text: string): string[] {
  let results = [''];
  let rest = text;
  while (rest !== '') {
    const open = rest.indexOf('{');
    const plain = open < 0 ? rest : rest.slice(0, open);
    if (/[},]/.test(plain)) throw invalid(text, 'has "}" or "," outside of "{a,b}"');
    results = results.map((result) => result + plain);
    if (open < 0) return results;
    const close = rest.indexOf('}', open);
    const inner = rest.slice(open + 1, close < 0 ? undefined : close);
    if (close < 0) throw invalid(text, 'has "{" without "}". Write {a,b}');
    if (inner.includes('{')) throw invalid(text, 'has "{" within "{}". Write the alternatives out');
    const options = inner.split(',');
    if (results.length * options.length > MAX_PATTERN_ALTERNATIVES) {
      throw invalid(text, `stands for more than ${MAX_PATTERN_ALTERNATIVES} alternatives. Use several patterns`);
    }
    results = results.flatMap((result) => options.map((option) => result + option));
    rest = rest.slice(close + 1);
  }
  return results;
}

function invalid(text: string, what: string): RosError {
  const shown = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
  return new RosError('PATTERN_INVALID', `The topic pattern ${shown} ${what}.`, {
    details: { pattern: text.slice(0, MAX_PATTERN_LENGTH) },
  });
}
