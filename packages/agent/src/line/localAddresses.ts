import { networkInterfaces } from 'node:os';

/**
 * This machine's addresses, without those that reach no further than a link: they come and go with every container and no
 * line leaves from them.
 */
export function localAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses = []) => addresses.map(({ address }) => address))
    .filter((address) => !address.startsWith('fe80:'));
}
