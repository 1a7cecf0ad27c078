import { parseJsonExact } from '@longline/ros';

/** What a text held: the JSON values that could be read, and what is wrong with the rest. */
export interface JsonReading {
  readonly values: readonly unknown[];
  /** Words for the log; undefined when everything could be read. */
  readonly problem: string | undefined;
}

/** Most objects read from one text; the rest is reported. */
const MAX_OBJECTS = 1_000;

/**
 * Reads the JSON of one text frame, whole numbers beyond 2^53 exactly (as `bigint`).
 *
 * One object is the rule. Servers also put several into one frame, and Python's own encoder writes the bare words `NaN`
 * and `Infinity`: the slow path takes the text apart and reads those as strings. Never throws; takes linear time.
 */
export function readJsonObjects(text: string): JsonReading {
  try {
    return { values: [parseJsonExact(text)], problem: undefined };
  } catch (error) {
    return readPieces(text, error instanceof Error ? error.message : String(error));
  }
}

function readPieces(text: string, firstProblem: string): JsonReading {
  const values: unknown[] = [];
  let problem: string | undefined;
  let split: ReturnType<typeof splitObjects>;
  try {
    split = splitObjects(text);
  } catch {
    // The regular expression's own stack is bounded: strings of tens of megabytes in broken JSON end it.
    return { values, problem: firstProblem };
  }
  const { pieces, rest } = split;
  for (const piece of pieces) {
    try {
      values.push(parseJsonExact(piece));
    } catch (error) {
      problem ??= error instanceof Error ? error.message : String(error);
    }
  }
  if (rest) problem ??= firstProblem;
  return { values, problem };
}

/** Top-level `{...}` pieces with bare NaN words quoted; `rest` when anything but white space lies outside them. */
function splitObjects(text: string): { pieces: string[]; rest: boolean } {
  const pieces: string[] = [];
  let rest = false;
  let depth = 0;
  let piece: string[] = [];
  // Strings, braces, bare words, and single other characters: every character belongs to exactly one token.
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\[^][^"\\]*)*"|-?Infinity|NaN|[{}]|[^"{}NI-]+|[^]/gu)) {
    if (token === '{') depth++;
    if (depth === 0) {
      rest ||= token.trim() !== '';
      continue;
    }
    piece.push(token === 'NaN' || token.endsWith('Infinity') ? quoted(token) : token);
    if (token === '}' && --depth === 0) {
      if (pieces.length >= MAX_OBJECTS) return { pieces, rest: true };
      pieces.push(piece.join(''));
      piece = [];
    }
  }
  return { pieces, rest: rest || depth > 0 };
}

/** A string that already ends in the word Infinity begins with a quote and stays as it is. */
const quoted = (token: string): string => (token.startsWith('"') ? token : `"${token}"`);
