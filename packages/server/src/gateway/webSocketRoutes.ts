import { FOXGLOVE_SUBPROTOCOLS } from '@longline/bridges';
import { subprotocols } from '@longline/line';
import { ServerError } from '../errors.ts';

/** The kinds of WebSockets that a server takes. */
export type WebSocketName = 'line' | 'live' | 'rosbridge' | 'foxglove' | 'connect';

/** Where WebSockets of one kind are opened, and what for. */
export interface WebSocketRoute {
  readonly name: WebSocketName;
  /** `:id` stands for a device ID, encoded as in every URL. */
  readonly path: string;
  /** One of these has to be offered; where there are none, none is chosen. */
  readonly subprotocols: readonly string[];
  /** `reader`: by token or ticket with the upgrade; `robot`: the route itself finds out who connects. */
  readonly credentials: 'reader' | 'robot';
  /** For people. */
  readonly who: string;
}

/** Where agents connect. */
export const linePath = '/api/v1/line';
/** Where readers connect. */
export const livePath = '/api/v1/live';

/** All there are: one entry for each. */
export const webSocketRoutes: readonly WebSocketRoute[] = [
  { name: 'line', path: linePath, subprotocols, credentials: 'robot', who: 'agents' },
  { name: 'live', path: livePath, subprotocols, credentials: 'reader', who: 'readers' },
  {
    name: 'rosbridge',
    path: '/api/v1/devices/:id/rosbridge',
    subprotocols: [],
    credentials: 'reader',
    who: 'clients of rosbridge',
  },
  {
    name: 'foxglove',
    path: '/api/v1/devices/:id/foxglove',
    subprotocols: FOXGLOVE_SUBPROTOCOLS,
    credentials: 'reader',
    who: 'Foxglove and Lichtblick',
  },
  {
    name: 'connect',
    path: '/api/v1/devices/:id/connect',
    subprotocols: [],
    credentials: 'robot',
    who: 'devices without an agent',
  },
];

/** A path as it was matched. */
export interface WebSocketAddress {
  readonly route: WebSocketRoute;
  /** Of a route about one device: what stands for its ID, which may be none. */
  readonly device: string | undefined;
}

const devicePath = /^\/api\/v1\/devices\/([^/]+)\/([a-z]+)$/;

/** What is opened at a path, without its query; undefined where nothing is. */
export function findWebSocket(path: string): WebSocketAddress | undefined {
  const [, device, name] = devicePath.exec(path) ?? [];
  const pattern = device === undefined ? path : `/api/v1/devices/:id/${name ?? ''}`;
  const route = webSocketRoutes.find((each) => each.path === pattern);
  if (route === undefined) return undefined;
  return { route, device: device === undefined ? undefined : decoded(device) };
}

export const noWebSocket = (path: string): ServerError =>
  new ServerError(
    'ROUTE_UNKNOWN',
    `There is no WebSocket at ${path.slice(0, 255)}: ${webSocketRoutes.map((route) => `${route.who} connect to ${route.path}`).join(', ')}.`,
  );

/** What is wrongly encoded is no device ID either. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
