import type { FleetStore, Presence } from './FleetStore.ts';

/** The store of a server that is alone. Its devices are bounded by the server's `maxDevices`. */
export class MemoryFleetStore implements FleetStore {
  readonly #devices = new Map<string, Presence>();

  openLine(device: string, server: string): Promise<number> {
    const epoch = (this.#devices.get(device)?.epoch ?? 0) + 1;
    this.#devices.set(device, { epoch, online: true, server });
    return Promise.resolve(epoch);
  }

  closeLine(device: string, epoch: number): Promise<boolean> {
    const presence = this.#devices.get(device);
    if (presence?.epoch !== epoch || !presence.online) return Promise.resolve(false);
    this.#devices.set(device, { ...presence, online: false });
    return Promise.resolve(true);
  }

  presence(device: string): Promise<Presence | undefined> {
    return Promise.resolve(this.#devices.get(device));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
