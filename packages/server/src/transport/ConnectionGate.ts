import type { Socket } from 'node:net';
import type { ServerLimits } from '../limits.ts';
import { addressGroup, networkAddress } from './networkAddress.ts';
import type { TrustedProxies } from './TrustedProxies.ts';

/** What is counted of a connection; a TLS socket and the one below it are the same here. */
export interface Peer extends Pick<Socket, 'remoteAddress' | 'remotePort'> {
  destroy(): unknown;
  once(event: 'close', listener: (this: Peer) => void): unknown;
}

type GateLimits = Pick<ServerLimits, 'maxConnectionsPerAddress' | 'maxUngreeted' | 'maxUngreetedPerAddress'>;

/**
 * Bounds the connections of each address, and those that have not said what they want: no whole request, no hello. Of these the
 * one that waits longest goes when there are too many, since who is honest greets at once, and a new one is let in.
 */
export class ConnectionGate {
  /** Connections beyond an address's bound, and those cut because they did not greet in time. */
  readonly counters = { refused: 0, ungreetedCut: 0 };
  readonly #proxies: TrustedProxies;
  readonly #limits: GateLimits;
  /** How many are open, by address. */
  readonly #open = new Map<string, number>();
  /** Those that have not greeted, the oldest first, and the same by address. */
  readonly #waiting = new Map<string, { readonly peer: Peer; readonly group: string }>();
  readonly #waitingOf = new Map<string, Set<string>>();

  /** One for all that come straight, of which there may be very many. */
  readonly #handleDirectClosed: (this: Peer) => void;

  constructor(proxies: TrustedProxies, limits: GateLimits) {
    this.#proxies = proxies;
    this.#limits = limits;
    const release = (peer: Peer): void => this.#release(peer, addressGroup(addressOf(peer)));
    this.#handleDirectClosed = function (this: Peer) {
      release(this);
    };
  }

  /** Connections that have not greeted. */
  get ungreeted(): number {
    return this.#waiting.size;
  }

  /** A connection came. Those of proxies are counted once it is known for whom they are. */
  handleConnection(peer: Peer): void {
    const address = addressOf(peer);
    if (this.#proxies.includes(address)) return;
    if (this.#enter(peer, addressGroup(address))) peer.once('close', this.#handleDirectClosed);
    else peer.destroy();
  }

  /** Counts a connection that came through a proxy for that address; false when it may have no more. */
  admit(peer: Peer, address: string): boolean {
    const group = addressGroup(address);
    if (!this.#enter(peer, group)) return false;
    peer.once('close', () => this.#release(peer, group));
    return true;
  }

  /** It said what it wants. */
  handleGreeted(peer: Peer): void {
    this.#forget(keyOf(peer));
  }

  #enter(peer: Peer, group: string): boolean {
    const open = this.#open.get(group) ?? 0;
    if (open >= this.#limits.maxConnectionsPerAddress) {
      this.counters.refused++;
      return false;
    }
    this.#open.set(group, open + 1);
    this.#wait(peer, group);
    return true;
  }

  #wait(peer: Peer, group: string): void {
    const { maxUngreeted, maxUngreetedPerAddress } = this.#limits;
    const ofAddress = this.#waitingOf.get(group) ?? new Set();
    if (ofAddress.size >= maxUngreetedPerAddress) this.#cutFirst(ofAddress.values());
    else if (this.#waiting.size >= maxUngreeted) this.#cutFirst(this.#waiting.keys());
    const key = keyOf(peer);
    this.#waiting.set(key, { peer, group });
    this.#waitingOf.set(group, ofAddress.add(key));
  }

  #cutFirst(keys: Iterator<string>): void {
    const first = keys.next();
    if (first.done === true) return;
    const peer = this.#waiting.get(first.value)?.peer;
    this.#forget(first.value);
    this.counters.ungreetedCut++;
    peer?.destroy();
  }

  #release(peer: Peer, group: string): void {
    this.#forget(keyOf(peer));
    const open = (this.#open.get(group) ?? 1) - 1;
    if (open === 0) this.#open.delete(group);
    else this.#open.set(group, open);
  }

  #forget(key: string): void {
    const group = this.#waiting.get(key)?.group;
    if (group === undefined) return;
    this.#waiting.delete(key);
    const ofAddress = this.#waitingOf.get(group);
    ofAddress?.delete(key);
    if (ofAddress?.size === 0) this.#waitingOf.delete(group);
  }
}

const keyOf = ({ remoteAddress, remotePort }: Peer): string => `${remoteAddress ?? ''} ${remotePort ?? ''}`;

/** Of the socket: it tells it after its end too. */
const addressOf = ({ remoteAddress }: Peer): string => networkAddress(remoteAddress ?? '') ?? 'unknown';
