import type { Action, Reply } from '@longline/line';
import { everything } from '../access/Principal.ts';
import type { Principal } from '../access/Principal.ts';
import { ServerRooms } from '../testing/ServerRooms.fixture.ts';
import { sessionHost } from '../testing/sessionHost.fixture.ts';
import { PlainSession } from './PlainSession.ts';
import type { PlainSessionHost } from './PlainSession.ts';

/** A plain device's end of a connection in memory: answers pings like every WebSocket library, unless it is told not to. */
export class PlainClient {
  /** What came, oldest first. */
  readonly received: Record<string, unknown>[] = [];
  closedWith: string | undefined;
  answersPings = true;
  bufferedBytes = 0;
  readonly session: PlainSession;

  constructor(host: PlainSessionHost, device: string, isUnguarded: boolean) {
    const handlePong = (payload: Uint8Array): void => {
      if (this.answersPings && this.closedWith === undefined) this.session.handlePong(payload);
    };
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const client = this;
    this.session = new PlainSession(
      host,
      { device, isUnguarded, software: 'test' },
      {
        get bufferedBytes() {
          return client.bufferedBytes;
        },
        send: (data) => void this.received.push(JSON.parse(String(data)) as Record<string, unknown>),
        ping: (payload) => queueMicrotask(() => handlePong(payload)),
        close: (code, reason) => (this.closedWith = `${code} ${reason.split(':')[0] ?? ''}`),
      },
    );
  }

  say(op: Readonly<Record<string, unknown>>): void {
    this.session.handleText(JSON.stringify(op));
  }

  ops(name: string): Record<string, unknown>[] {
    return this.received.filter(({ op }) => op === name);
  }

  /** The codes of the statuses that came. */
  get codes(): string[] {
    return this.ops('status').map(({ msg }) => String(msg).split(':')[0] ?? '');
  }
}

/** A server's rooms with plain devices, in memory and with a clock of the test's. */
export class PlainWorld {
  readonly rooms = new ServerRooms();
  readonly principal: Principal = { id: 'ann', name: 'ann', role: 'admin', scope: everything };
  readonly host = sessionHost(this.rooms);

  /** Connects a device; resolves when it is in the fleet. */
  async connect(device = 'esp1', isUnguarded = false): Promise<PlainClient> {
    const client = new PlainClient(this.host, device, isUnguarded);
    await this.rooms.clock.advance(0);
    return client;
  }

  /** Asks the device; resolves to the last word. */
  ask(
    action: Action,
    message: unknown = {},
    own: { token?: number; ageMs?: number; device?: string } = {},
  ): Promise<Reply> {
    const { device = 'esp1', ...word } = own;
    const payload = new TextEncoder().encode(JSON.stringify(message));
    return this.rooms.requests.request({ device, action, payload, principal: this.principal, ...word });
  }

  /** Takes the lease; resolves to its token. */
  async takeLease(holdMs = 5_000): Promise<number> {
    const { payload } = await this.ask({ kind: 'lease.take', holdMs });
    const { token } = JSON.parse(new TextDecoder().decode(payload)) as { token: number };
    return token;
  }
}

/** The JSON of a reply. */
export const jsonOf = ({ payload }: Reply): unknown => JSON.parse(new TextDecoder().decode(payload));
