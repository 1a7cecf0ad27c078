const escaped = /\\(.)/g;

/**
 * Reads a ROS 2 default value as written: a number, `true`, a quoted or bare string, or a list of these in brackets.
 * Returns numbers as `number` or, beyond 2^53, `bigint`; `undefined` when it cannot be read.
 */
export function parseDefaultText(text: string): unknown {
  const trimmed = text.trim();
  if (!trimmed.startsWith('[')) return parseScalar(trimmed);
  if (!trimmed.endsWith(']')) return undefined;
  const items = splitList(trimmed.slice(1, -1));
  const values = items.map(parseScalar);
  return values.includes(undefined) ? undefined : values;
}

function parseScalar(text: string): unknown {
  if (/^(?:true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  if (/^[+-]?\d{1,20}$/.test(text)) {
    const value = Number(text);
    return Number.isSafeInteger(value) ? value : BigInt(text);
  }
  if (/^0[xX][0-9a-fA-F]{1,16}$/.test(text)) return BigInt(text);
  if (/^[+-]?(?:\d{1,400}\.?\d{0,400}|\.\d{1,400})(?:[eE][+-]?\d{1,3})?$/.test(text)) return Number(text);
  const quote = text.charAt(0);
  if (quote !== '"' && quote !== "'") return text === '' ? undefined : text;
  return text.length >= 2 && text.endsWith(quote) ? text.slice(1, -1).replace(escaped, '$1') : undefined;
}

function splitList(text: string): string[] {
  const items: string[] = [];
  let quote = '';
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (quote !== '') {
      if (char === '\\') i++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") {
      quote = char;
    } else if (char === ',') {
      items.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  const last = text.slice(start).trim();
  if (last !== '') items.push(last);
  return items;
}
