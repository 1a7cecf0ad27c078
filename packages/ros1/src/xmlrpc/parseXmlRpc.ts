import { XmlRpcDate, XmlRpcDouble, XmlRpcFault } from './XmlRpcValue.ts';
import type { XmlRpcStruct, XmlRpcValue } from './XmlRpcValue.ts';
import { xmlTokens } from './xmlTokens.ts';
import type { XmlToken } from './xmlTokens.ts';

/** Structs and lists may be nested this deep. */
export const MAX_XML_RPC_DEPTH = 64;

/** A call as a server receives it. */
export interface XmlRpcCall {
  readonly method: string;
  readonly params: readonly XmlRpcValue[];
}

/** Reads a `<methodCall>`. Throws `SyntaxError`. */
export function parseMethodCall(xml: string): XmlRpcCall {
  const reader = new Reader(xml);
  reader.open('methodCall');
  reader.open('methodName');
  const method = reader.textUntilClose('methodName').trim();
  const params = reader.peekOpen() === 'params' ? reader.params() : [];
  reader.close('methodCall');
  return { method, params };
}

/** Reads a `<methodResponse>`'s only result. Throws `XmlRpcFault` for a fault and `SyntaxError` for anything else. */
export function parseMethodResponse(xml: string): XmlRpcValue {
  const reader = new Reader(xml);
  reader.open('methodResponse');
  if (reader.peekOpen() === 'fault') {
    reader.open('fault');
    const fault = reader.value(0);
    const members: XmlRpcStruct = fault instanceof Map ? fault : new Map<string, XmlRpcValue>();
    const code = members.get('faultCode');
    const text = members.get('faultString');
    throw new XmlRpcFault(
      typeof code === 'number' ? code : 0,
      typeof text === 'string' ? text : 'fault without a text',
    );
  }
  const params = reader.params();
  const [result] = params;
  if (result === undefined || params.length !== 1) throw new SyntaxError(`${params.length} results where one belongs.`);
  return result;
}

class Reader {
  readonly #tokens: Generator<XmlToken>;
  #next: XmlToken | undefined;

  constructor(xml: string) {
    this.#tokens = xmlTokens(xml);
    this.#advance();
  }

  /** The name of the tag that opens next; blank text before it is skipped. */
  peekOpen(): string | undefined {
    this.#skipBlanks();
    return this.#next?.kind === 'open' ? this.#next.name : undefined;
  }

  open(name: string): void {
    const found = this.peekOpen();
    if (found !== name) throw new SyntaxError(`Expected <${name}>, got ${describe(this.#next)}.`);
    this.#advance();
  }

  close(name: string): void {
    this.#skipBlanks();
    if (this.#next?.kind !== 'close' || this.#next.name !== name) {
      throw new SyntaxError(`Expected </${name}>, got ${describe(this.#next)}.`);
    }
    this.#advance();
  }

  textUntilClose(name: string): string {
    let text = '';
    while (this.#next?.kind === 'text') {
      text += this.#next.text;
      this.#advance();
    }
    this.close(name);
    return text;
  }

  params(): readonly XmlRpcValue[] {
    const values: XmlRpcValue[] = [];
    this.open('params');
    while (this.peekOpen() === 'param') {
      this.open('param');
      values.push(this.value(0));
      this.close('param');
    }
    this.close('params');
    return values;
  }

  value(depth: number): XmlRpcValue {
    if (depth > MAX_XML_RPC_DEPTH) throw new SyntaxError(`Nested more than ${MAX_XML_RPC_DEPTH} deep.`);
    this.open('value');
    let text = '';
    while (this.#next?.kind === 'text') {
      text += this.#next.text;
      this.#advance();
    }
    // A value without a type is a string.
    const value = this.#next?.kind === 'open' ? this.#typed(this.#next.name, depth) : text;
    this.close('value');
    return value;
  }

  #typed(type: string, depth: number): XmlRpcValue {
    this.#advance();
    if (type === 'array') return this.#list(depth);
    if (type === 'struct') return this.#struct(depth);
    return scalar(type, this.textUntilClose(type));
  }

  #list(depth: number): readonly XmlRpcValue[] {
    const values: XmlRpcValue[] = [];
    this.open('data');
    while (this.peekOpen() === 'value') values.push(this.value(depth + 1));
    this.close('data');
    this.close('array');
    return values;
  }

  #struct(depth: number): XmlRpcStruct {
    const members = new Map<string, XmlRpcValue>();
    while (this.peekOpen() === 'member') {
      this.open('member');
      this.open('name');
      const name = this.textUntilClose('name');
      members.set(name, this.value(depth + 1));
      this.close('member');
    }
    this.close('struct');
    return members;
  }

  #skipBlanks(): void {
    while (this.#next?.kind === 'text' && this.#next.text.trim() === '') this.#advance();
  }

  #advance(): void {
    const { value, done } = this.#tokens.next() as IteratorResult<XmlToken, undefined>;
    this.#next = done === true ? undefined : value;
  }
}

function scalar(type: string, text: string): XmlRpcValue {
  switch (type) {
    case 'string':
      return text;
    case 'boolean':
      return text.trim() === '1' || text.trim() === 'true';
    case 'int':
    case 'i4':
    case 'i8': {
      const value = Number(text.trim());
      if (!Number.isSafeInteger(value) || text.trim() === '')
        throw new SyntaxError(`Not an integer: "${text.slice(0, 40)}".`);
      return value;
    }
    case 'double':
      return new XmlRpcDouble(double(text.trim()));
    case 'dateTime.iso8601':
      return new XmlRpcDate(text.trim());
    case 'base64':
      return new Uint8Array(Buffer.from(text, 'base64'));
    default:
      throw new SyntaxError(`XML-RPC has no type <${type.slice(0, 40)}>.`);
  }
}

function double(text: string): number {
  const lower = text.toLowerCase();
  if (lower === 'nan' || lower === '-nan') return Number.NaN;
  if (/^[+-]?inf(inity)?$/.test(lower))
    return lower.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const value = Number(text);
  if (text === '' || Number.isNaN(value)) throw new SyntaxError(`Not a double: "${text.slice(0, 40)}".`);
  return value;
}

function describe(token: XmlToken | undefined): string {
  if (token === undefined) return 'the end';
  if (token.kind === 'text') return `the text "${token.text.slice(0, 40)}"`;
  return token.kind === 'open' ? `<${token.name}>` : `</${token.name}>`;
}
