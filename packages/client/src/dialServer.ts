import { bindWebSocket, subprotocols } from '@longline/line';
import type { LineEndpoint, Transport, WebSocketLike } from '@longline/line';
import { requestTicket } from './requestTicket.ts';
import type { Refusal } from './requestTicket.ts';
import type { LineOpener } from './LiveLink.ts';

/** A token of a locked server, or what gives one each time the server is connected to. */
export type TokenSource = string | (() => string | Promise<string>);

/** What {@link dialServer} is given. */
export interface DialOptions {
  /** The readers' WebSocket, without credentials. */
  readonly target: string;
  readonly token: TokenSource | undefined;
  readonly WebSocket: new (url: string, protocols: string[]) => WebSocketLike;
  readonly fetch: typeof globalThis.fetch;
}

type Attach = (transport: Transport) => LineEndpoint;

/**
 * Opens a reader's WebSocket. With a token a ticket is fetched first, because browsers send no header with a WebSocket; without
 * one it is asked afterwards whether a connection that did not come about would have needed one, because they do not say.
 */
export function dialServer({ target, token, WebSocket, fetch }: DialOptions): LineOpener {
  const open = (ticket: string | undefined, attach: Attach): void => {
    const url = ticket === undefined ? target : withTicket(target, ticket);
    bindWebSocket(new WebSocket(url, [...subprotocols]), attach);
  };
  const ask = (secret: string | undefined, signal: AbortSignal): ReturnType<typeof requestTicket> =>
    requestTicket({ target, token: secret, fetch, signal });
  if (token === undefined) {
    return (attach, signal) =>
      open(undefined, (transport) => explained(attach(transport), async () => (await ask(undefined, signal)).refusal));
  }
  const dial = async (attach: Attach, signal: AbortSignal): Promise<void> => {
    const secret = typeof token === 'string' ? token : await unlessAborted(token, signal);
    if (secret === undefined) {
      fail(attach, unheard);
      return;
    }
    const answer = await ask(secret, signal);
    if (answer.ticket === undefined || signal.aborted) fail(attach, answer.refusal ?? unheard);
    else open(answer.ticket, attach);
  };
  return (attach, signal) =>
    void dial(attach, signal).catch((error: unknown) => {
      fail(attach, { closeCode: 1006, reason: error instanceof Error ? error.message : String(error) });
    });
}

async function unlessAborted(give: () => string | Promise<string>, signal: AbortSignal): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  signal.addEventListener('abort', () => resolve(undefined), { once: true });
  return Promise.race([give(), promise]);
}

const unheard: Refusal = { closeCode: 1006, reason: '' };

/** A connection that ended before it began. */
function fail(attach: Attach, { closeCode, reason }: Refusal): void {
  const nothing = (): void => undefined;
  attach({ bufferedBytes: 0, send: nothing, close: nothing }).handleDisconnected(closeCode, reason);
}

/** An end that is told why the connection did not come about, as far as the server says. */
function explained(end: LineEndpoint, whyNot: () => Promise<Refusal | undefined>): LineEndpoint {
  let isOpen = false;
  return {
    handleOpen: () => {
      isOpen = true;
      end.handleOpen?.();
    },
    handleFrame: (frame) => end.handleFrame(frame),
    handleText: () => end.handleText(),
    handleWritable: () => end.handleWritable(),
    handleDisconnected: (closeCode, reason) => {
      if (isOpen || closeCode !== 1006) return end.handleDisconnected(closeCode, reason);
      void whyNot().then((refusal = { closeCode, reason }) =>
        end.handleDisconnected(refusal.closeCode, refusal.reason),
      );
    },
  };
}

function withTicket(target: string, ticket: string): string {
  const url = new URL(target);
  url.searchParams.set('ticket', ticket);
  return url.href;
}
