import type { LineEndpoint } from './bindWebSocket.ts';
import type { Transport } from './Transport.ts';

/** What browsers' and Node's MessagePorts agree on. */
export interface MessagePortLike {
  addEventListener(type: string, listener: (event: object) => void): void;
  start(): void;
  postMessage(message: unknown, transfer?: never[]): void;
  close(): void;
}

/** The last word on a port: MessagePorts have no close code of their own. */
interface ClosingMessage {
  readonly closeCode: number;
  readonly reason: string;
}

const isClosing = (data: unknown): data is ClosingMessage =>
  typeof data === 'object' && data !== null && 'closeCode' in data && 'reason' in data;

/** Runs a line's end over a MessagePort, to a worker thread or another window. It is open at once. */
export function bindMessagePort<End extends LineEndpoint>(
  port: MessagePortLike,
  attach: (transport: Transport) => End,
): End {
  const end: End = attach({
    // A port takes whatever is posted: only the other side's acknowledgements tell that it keeps up.
    get bufferedBytes() {
      return end.unacknowledgedBytes ?? 0;
    },
    // A message takes all the memory with it that a view lies in: here others' frames too.
    send: (frame) => port.postMessage(frame.length === frame.buffer.byteLength ? frame : new Uint8Array(frame)),
    close: (closeCode, reason) => {
      port.postMessage({ closeCode, reason } satisfies ClosingMessage);
      port.close();
    },
  });
  port.addEventListener('message', (event) => {
    const data: unknown = 'data' in event ? event.data : undefined;
    if (data instanceof Uint8Array) {
      end.handleFrame(data);
    } else if (isClosing(data)) {
      end.handleDisconnected(data.closeCode, data.reason);
      port.close();
    } else {
      end.handleText();
    }
  });
  // The other thread ended without a last word; engines without this event leave it to the heartbeat.
  port.addEventListener('close', () => end.handleDisconnected(1006, 'the port was closed'));
  port.start();
  end.handleOpen?.();
  return end;
}
