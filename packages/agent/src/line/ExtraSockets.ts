import type { LineEndpoint, Transport } from '@longline/line';
import type { Clock } from '@longline/ros';
import type { Dial } from './Dial.ts';
import { ExtraSocket } from './ExtraSocket.ts';

/** The further sockets of one line: all to the address at which its first one was welcomed. */
export class ExtraSockets {
  readonly #dial: Dial;
  readonly #address: string | undefined;
  readonly #clock: Clock;
  readonly #sockets = new Set<ExtraSocket>();

  constructor(options: { readonly dial: Dial; readonly address: string | undefined; readonly clock: Clock }) {
    this.#dial = options.dial;
    this.#address = options.address;
    this.#clock = options.clock;
  }

  /** Dials one. Where it cannot be had, or breaks, the endpoint's `handleDisconnected` says so, once. */
  open(attach: (transport: Transport) => LineEndpoint): void {
    const socket: ExtraSocket = new ExtraSocket({
      dial: this.#dial,
      address: this.#address,
      clock: this.#clock,
      attach,
      handleEnded: () => this.#sockets.delete(socket),
    });
    this.#sockets.add(socket);
    socket.start();
  }

  /** What leaves from an address that is gone is dead. */
  handleNetworkChange(gone: ReadonlySet<string>): void {
    for (const socket of [...this.#sockets]) socket.handleNetworkChange(gone);
  }

  /** The line is over. Its end closes the sockets that are open; the rest is dropped, all where nobody would hear a close. */
  handleLineClosed(isUnheard: boolean): void {
    for (const socket of [...this.#sockets]) if (isUnheard || !socket.isOpen) socket.abandon('the line is over');
  }
}
