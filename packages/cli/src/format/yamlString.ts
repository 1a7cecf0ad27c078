/** Column after which PyYAML begins a new line within a quoted string. */
const BEST_WIDTH = 80;

const escapes = new Map(
  Object.entries({
    '\0': '0',
    '\x07': 'a',
    '\x08': 'b',
    '\x09': 't',
    '\x0A': 'n',
    '\x0B': 'v',
    '\x0C': 'f',
    '\x0D': 'r',
    '\x1B': 'e',
    '"': '"',
    '\\': '\\',
    '\x85': 'N',
    '\xA0': '_',
    '\u2028': 'L',
    '\u2029': 'P',
  }),
);

/** A string as PyYAML's `dump(text, default_style='"')` writes it, long lines folded; `rostopic echo` prints strings so. */
export function doubleQuoted(text: string): string {
  const characters = Array.from(text);
  let out = '"';
  let column = 1;
  let start = 0;
  const write = (part: string): void => {
    out += part;
    column += part.length;
  };
  // PyYAML's Emitter.write_double_quoted: what waits between `start` and `end` needs no escape.
  for (let end = 0; end <= characters.length; end++) {
    const character = characters[end];
    if (character === undefined || character === '"' || character === '\\' || !/^[\x20-\x7E]$/.test(character)) {
      if (start < end) write(characters.slice(start, end).join(''));
      start = end;
      if (character !== undefined) {
        write(escape(character));
        start = end + 1;
      }
    }
    const mayFold = end > 0 && end < characters.length - 1 && (character === ' ' || start >= end);
    if (mayFold && column + (end - start) > BEST_WIDTH) {
      write(`${characters.slice(start, end).join('')}\\`);
      if (start < end) start = end;
      out += '\n  ';
      column = 2;
      if (characters[start] === ' ') write('\\');
    }
  }
  return `${out}"`;
}

/**
 * A string as an item of a block list or a value of a block map, as PyYAML writes it: plain where it reads back as a
 * string, else in quotes. Line breaks are written as escapes.
 */
export function yamlScalar(text: string): string {
  if (text === '') return "''";
  if (/[^\x20-\x7E]/.test(text)) return doubleQuoted(text);
  const startsLikeSyntax = /^(?:[#,[\]{}&*!|>'"%@`]|[?:-](?:\s|$)|---|\.\.\.)/.test(text);
  if (startsLikeSyntax || /: |:$| #|^ | $/.test(text) || readsAsOtherType(text))
    return `'${text.replaceAll("'", "''")}'`;
  return text;
}

const otherTypes = [
  /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
  /^(?:[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/,
  /^(?:~|null|Null|NULL|<<|=)$/,
  /^(?:\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)$/,
];

/** PyYAML's implicit resolvers (YAML 1.1). */
const readsAsOtherType = (text: string): boolean => otherTypes.some((pattern) => pattern.test(text));

function escape(character: string): string {
  const short = escapes.get(character);
  if (short !== undefined) return `\\${short}`;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
