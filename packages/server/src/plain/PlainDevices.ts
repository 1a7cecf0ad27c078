import { bindDoorSocket } from '@longline/bridges';
import type { DoorSocket } from '@longline/bridges';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { PlainAdmission } from '../credentials/PlainAdmission.ts';
import type { Upgrade, UpgradeTaker } from '../gateway/UpgradeTaker.ts';
import type { ConnectionGate } from '../transport/ConnectionGate.ts';
import { OpenSockets } from '../transport/OpenSockets.ts';
import { PlainSession } from './PlainSession.ts';
import type { PlainIdentity, PlainSessionHost } from './PlainSession.ts';

/** A larger frame of a plain device ends its connection with 1009, in bytes. */
const MAX_FRAME_BYTES = 8 * 1024 * 1024;

/** What {@link PlainDevices} are given. */
export interface PlainDevicesOptions {
  readonly admission: PlainAdmission;
  readonly gate: Pick<ConnectionGate, 'handleGreeted'>;
  /** Asked with every connection: it is made after this. */
  readonly host: () => PlainSessionHost;
}

/** Takes the WebSockets of devices without an agent, and runs a session on each. */
export class PlainDevices implements UpgradeTaker {
  readonly routes = ['connect'] as const;
  readonly #options: PlainDevicesOptions;
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    handleProtocols: () => false,
  });
  readonly #sessions = new OpenSockets<PlainSession>();

  constructor(options: PlainDevicesOptions) {
    this.#options = options;
  }

  get counts(): UpgradeTaker['counts'] {
    return { sockets: this.#sessions.size, readers: 0 };
  }

  handleUpgrade({ device = '', address, request, socket, head }: Upgrade): void {
    const { admission, gate } = this.#options;
    const { authorization, 'user-agent': userAgent } = request.headers;
    const { isUnguarded } = admission.admit({ device, authorization, address });
    const identity = { device, isUnguarded, software: printable(userAgent) };
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      gate.handleGreeted(request.socket);
      this.#open(webSocket, identity);
    });
  }

  async stop(): Promise<void> {
    for (const session of this.#sessions) session.close('SERVER_STOPPING', 'the server stops; come back in a moment');
    await this.#sessions.emptied();
  }

  #open(webSocket: WebSocket, identity: PlainIdentity): void {
    const host = this.#options.host();
    const open = (socket: DoorSocket): PlainSession => new PlainSession(host, identity, socket);
    const handleFault = (error: unknown): void => host.handleFault(`plain device ${identity.device} failed`, error);
    const session: PlainSession = bindDoorSocket(webSocket, open, {
      charge: (bytes) => session.charge(bytes),
      handleFault,
    });
    this.#sessions.add(session);
    webSocket.on('close', () => this.#sessions.delete(session));
  }
}

/** As a device names its program: for people, and not to be trusted. */
const printable = (text = 'unknown'): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 128);
