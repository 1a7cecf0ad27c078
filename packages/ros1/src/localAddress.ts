import { connect } from 'node:net';

/** The address of this machine from which `host:port` is reached. Rejects when it is not. */
export async function localAddress(host: string, port: number, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    socket.on('error', reject);
    socket.once('connect', () => {
      const address = socket.localAddress;
      socket.destroy();
      if (address === undefined) reject(new Error(`The connection to ${host}:${port} has no local address.`));
      else resolve(address.replace(/^::ffff:/, ''));
    });
  });
}

/** Whether peers that use this name or address are on this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** The host as it stands in a URI: IPv6 addresses in brackets. */
export function uriHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
