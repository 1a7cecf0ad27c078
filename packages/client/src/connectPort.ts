import { bindMessagePort } from '@longline/line';
import type { MessagePortLike } from '@longline/line';
import { Fleet } from './Fleet.ts';
import type { FleetOptions } from './FleetOptions.ts';

/** The fleet of a server in another thread, over a port of its `openPort()`. When the port closes the fleet stays disconnected. */
export function connectPort(port: MessagePortLike, options: FleetOptions = {}): Fleet {
  return new Fleet(
    { target: 'this port', reopens: false, open: (attach) => void bindMessagePort(port, attach) },
    options,
  );
}
