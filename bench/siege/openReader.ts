import { bindWebSocket, ReaderEnd, subprotocols } from '@longline/line';
import type { AdvertisedChannel, MessageRecord } from '@longline/line';
import { systemClock } from '@longline/ros';
import { WebSocket } from 'ws';
import { lineLimits } from '../fleet/lineLimits.ts';
import type { Target } from './orders.ts';

/** A reader of everything, which may be told to read no more. */
export function openReader(options: {
  readonly target: Target;
  readonly token: string;
  readonly handleMessage: (channel: AdvertisedChannel, record: MessageRecord) => void;
  readonly handleClosed: (reason: string) => void;
}): WebSocket {
  const { target, token, handleMessage, handleClosed } = options;
  const socket = new WebSocket(`${target.url.replace('http', 'ws')}/api/v1/live`, [...subprotocols], {
    perMessageDeflate: false,
    headers: { authorization: `Bearer ${token}` },
    ca: target.ca,
  });
  const ignore = (): void => undefined;
  const end: ReaderEnd = bindWebSocket(
    socket,
    (transport) =>
      new ReaderEnd({
        transport,
        clock: systemClock,
        // One that never reads hears nothing either.
        limits: { ...lineLimits, silenceMs: 3_600_000 },
        hello: { role: 'reader', software: 'bench', features: [] },
        handlers: {
          handleWelcome: () => end.subscribe({ id: 1, kind: 'topics', device: '*', topic: '/**' }),
          handleMessage,
          handleClosed: ({ code, reason }) => handleClosed(`${code ?? ''} ${reason}`),
          handleAdvertise: ignore,
          handleUnadvertise: ignore,
          handleDropped: ignore,
          handleDevice: ignore,
          handleMark: ignore,
        },
      }),
  );
  return socket;
}
