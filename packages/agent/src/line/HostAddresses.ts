import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Clock } from '@longline/ros';

/** The addresses known from before are taken when the name server has not answered for so long, in milliseconds. */
export const STALE_AFTER_MS = 250;
/** Most addresses of one name that are tried. */
export const MAX_ADDRESSES = 6;

/**
 * The addresses of one host name. One question at a time: a name server that cannot be reached holds the system's few
 * threads for seconds each, so many dials share one answer; and until it comes, those known from before do.
 */
export class HostAddresses {
  readonly #host: string;
  readonly #clock: Clock;
  readonly #lookup: (host: string) => Promise<readonly string[]>;
  #asked: Promise<readonly string[]> | undefined;
  #known: readonly string[] = [];
  #preferred: string | undefined;

  constructor(options: {
    /** A name, or an address. */
    readonly host: string;
    readonly clock: Clock;
    /** Default: the system's. */
    readonly lookup?: (host: string) => Promise<readonly string[]>;
  }) {
    this.#host = options.host;
    this.#clock = options.clock;
    this.#lookup = options.lookup ?? systemLookup;
  }

  /** That address worked: it comes first as long as the name has it. */
  prefer(address: string): void {
    this.#preferred = address;
  }

  /** In the order to try them: the one that worked last, then the families in turn (RFC 8305, 4). Rejects as the look-up does. */
  async find(): Promise<readonly string[]> {
    if (isIP(this.#host) !== 0) return [this.#host];
    const found = this.#ask();
    if (this.#known.length > 0) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const cancel = this.#clock.after(STALE_AFTER_MS, () => resolve(undefined));
      await Promise.race([found, promise]).catch(() => undefined);
      cancel();
      return this.#ordered(this.#known);
    }
    return this.#ordered(await found);
  }

  #ask(): Promise<readonly string[]> {
    this.#asked ??= this.#lookup(this.#host)
      .then((addresses) => (this.#known = addresses))
      .finally(() => (this.#asked = undefined));
    return this.#asked;
  }

  #ordered(addresses: readonly string[]): readonly string[] {
    const preferred = addresses.filter((address) => address === this.#preferred);
    const others = addresses.filter((address) => address !== this.#preferred);
    return [...preferred, ...inTurn(others)].slice(0, MAX_ADDRESSES);
  }
}

const systemLookup = async (host: string): Promise<readonly string[]> => {
  const found = await lookup(host, { all: true, order: 'verbatim' });
  return found.map(({ address }) => address);
};

/** The families alternate, beginning with the first address's. */
function inTurn(addresses: readonly string[]): string[] {
  const [first] = addresses;
  if (first === undefined) return [];
  const same = addresses.filter((address) => isIP(address) === isIP(first));
  const other = addresses.filter((address) => isIP(address) !== isIP(first));
  return same.flatMap((address, index) => [address, ...other.slice(index, index + 1)]).concat(other.slice(same.length));
}
