import type { IncomingMessage } from 'node:http';
import { parseDeviceId } from '@longline/line';
import { localAdministrator } from '../access/Principal.ts';
import type { Principal } from '../access/Principal.ts';
import type { Authenticator } from '../credentials/Authenticator.ts';
import { refuseTokenInUrl } from '../credentials/refuseTokenInUrl.ts';
import type { Sessions } from '../credentials/Sessions.ts';
import { ServerError } from '../errors.ts';
import type { ServerLimits } from '../limits.ts';
import type { Doorway } from '../transport/Doorway.ts';
import { findWebSocket, noWebSocket } from './webSocketRoutes.ts';
import type { WebSocketAddress, WebSocketRoute } from './webSocketRoutes.ts';

/** What {@link UpgradeAdmission} is given. */
export interface UpgradeAdmissionOptions {
  readonly authenticator: Pick<Authenticator, 'authenticateUpgrade'>;
  readonly sessions: Pick<Sessions, 'countOf'>;
  readonly doorway: Pick<Doorway, 'gate' | 'guard' | 'proxies'>;
  readonly limits: Pick<ServerLimits, 'maxReadersPerToken' | 'maxSockets'>;
}

/** Who may open a WebSocket. */
export interface AdmittedUpgrade extends WebSocketAddress {
  /** Of the client, behind the proxies that are trusted. */
  readonly address: string;
  /** The reader; undefined for a robot, whose route finds out who it is. */
  readonly principal: Principal | undefined;
}

/** Says who may open a WebSocket, before it is one. */
export class UpgradeAdmission {
  readonly #options: UpgradeAdmissionOptions;

  constructor(options: UpgradeAdmissionOptions) {
    this.#options = options;
  }

  /** `sockets`: how many are open. Throws what the upgrade is refused with. */
  admit(request: IncomingMessage, sockets: number): AdmittedUpgrade {
    const { headers, url = '/' } = request;
    const { gate, guard, proxies } = this.#options.doorway;
    guard.checkUpgrade(request);
    const path = url.split('?', 1)[0] ?? '';
    const found = findWebSocket(path);
    if (found === undefined) throw noWebSocket(path);
    if (found.device !== undefined) parseDeviceId(found.device);
    checkSubprotocol(found.route, headers['sec-websocket-protocol'] ?? '');
    if (sockets >= this.#options.limits.maxSockets) {
      throw new ServerError('READER_LIMIT', 'As many connections as there may be are open. Try again later.');
    }
    const address = proxies.addressOf(request);
    if (proxies.passed(request) && !gate.admit(request.socket, address)) {
      throw new ServerError('TOO_MANY_REQUESTS', 'As many connections as one address may have are open. Close some.');
    }
    if (found.route.credentials === 'robot') {
      refuseTokenInUrl(url);
      return { ...found, address, principal: undefined };
    }
    // Last of all: a ticket is used up by it.
    const { authorization } = headers;
    const principal = this.#options.authenticator.authenticateUpgrade({ authorization, url, address });
    this.#checkReaders(principal);
    return { ...found, address, principal };
  }

  #checkReaders({ id, name }: Principal): void {
    const { maxReadersPerToken: max } = this.#options.limits;
    if (id === localAdministrator.id || this.#options.sessions.countOf(id) < max) return;
    throw new ServerError(
      'TOO_MANY_REQUESTS',
      `The token ${name} has ${max} connections open, and no more are taken. Close some.`,
    );
  }
}

function checkSubprotocol({ who, subprotocols }: WebSocketRoute, header: string): void {
  const offered = header.split(',').map((protocol) => protocol.trim());
  if (subprotocols.length === 0 || subprotocols.some((protocol) => offered.includes(protocol))) return;
  throw new ServerError(
    'SUBPROTOCOL_REQUIRED',
    `This server speaks the WebSocket subprotocol ${subprotocols.join(' or ')} here, where ${who} connect; offered was ${offered.join(', ').slice(0, 255) || 'none'}. Upgrade the older side.`,
    { details: { supported: subprotocols } },
  );
}
