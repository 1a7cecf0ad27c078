import type { Clock } from '@longline/ros';
import { bounded } from '../bounded.ts';
import type { MasterClient, RegistrationRole, SystemState } from './MasterClient.ts';

const CALL_TIMEOUT_MS = 5_000;

/** One topic or service that this node wants the master to know it for. */
export interface Registration {
  readonly role: RegistrationRole;
  readonly topic: string;
  /** `pkg/Type`; `*` where a subscriber takes any. */
  readonly type: string;
  /** Told the XML-RPC addresses of the other side each time the master was asked; of a service there are none. */
  handlePeers(uris: readonly string[]): void;
  /** How many of the other side's nodes are known already; where the master has another number it is asked again. */
  knownPeers?(): number;
}

export interface RegistrarOptions {
  readonly client: MasterClient;
  readonly callerId: string;
  readonly clock: Clock;
  /** This node's XML-RPC address. */
  readonly nodeUri: (signal: AbortSignal) => Promise<string>;
  /** This node's TCPROS address for callers of its services. */
  readonly serviceUri: (signal: AbortSignal) => Promise<string>;
}

/**
 * Keeps the master's knowledge of this node as wanted: registers, unregisters, and registers again whatever the master
 * has forgotten. One call at a time; what fails is tried again after the master's next sign of life.
 */
export class Registrar {
  readonly #options: RegistrarOptions;
  readonly #wanted = new Set<Registration>();
  /** With the address that the master was told. */
  readonly #registered = new Map<Registration, string>();
  readonly #closing = new AbortController();
  #running: Promise<void> | undefined;
  #again = false;

  constructor(options: RegistrarOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#wanted.size + this.#registered.size;
  }

  add(registration: Registration): void {
    this.#wanted.add(registration);
    this.#start();
  }

  remove(registration: Registration): void {
    this.#wanted.delete(registration);
    this.#start();
  }

  /** Before the master is asked: returns what compares its answer with what was registered by then. */
  beginPoll(): (state: SystemState) => void {
    const before = new Set(this.#registered.keys());
    return (state) => {
      for (const registration of before) this.#compare(registration, state);
      this.#start();
    };
  }

  /** Unregisters everything, within the given milliseconds. */
  async close(withinMs: number): Promise<void> {
    this.#wanted.clear();
    this.#start();
    const { clock } = this.#options;
    await bounded('unregister', { clock, deadlineMs: withinMs }, () => this.#running ?? Promise.resolve()).catch(
      () => undefined,
    );
    this.#closing.abort();
  }

  #compare(registration: Registration, state: SystemState): void {
    const { role, topic } = registration;
    const { publishers, subscribers, services } = state;
    if (role === 'service') {
      // Another node that took the name keeps it: two that take it from each other help nobody.
      if ((services.get(topic) ?? []).length === 0) this.#registered.delete(registration);
      return;
    }
    const own = (role === 'publisher' ? publishers : subscribers).get(topic) ?? [];
    const isForgotten = !own.includes(this.#options.callerId);
    // The master's own announcements are lost when it cannot reach this node.
    const peers = role === 'subscriber' ? (publishers.get(topic) ?? []).length : undefined;
    const isOutdated =
      registration.knownPeers !== undefined && peers !== undefined && registration.knownPeers() !== peers;
    if (isForgotten || isOutdated) this.#registered.delete(registration);
  }

  #start(): void {
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#closing.signal.aborted) {
      this.#again = false;
      try {
        await this.#unregisterUnwanted();
        await this.#registerWanted();
      } catch {
        // The master does not answer, which the monitor reports; the next poll that succeeds comes back here.
        return;
      }
    }
  }

  async #unregisterUnwanted(): Promise<void> {
    for (const [registration, uri] of this.#registered) {
      if (this.#wanted.has(registration)) continue;
      this.#registered.delete(registration);
      // The same topic may be wanted anew already; the master knows only names, so this one's end would end that too.
      if (this.#isWantedAnew(registration)) continue;
      const { client } = this.#options;
      await this.#call((signal) => client.unregister(registration.role, registration.topic, uri, signal));
    }
  }

  async #registerWanted(): Promise<void> {
    const missing = [...this.#wanted].filter((registration) => !this.#registered.has(registration));
    if (missing.length === 0) return;
    const { client } = this.#options;
    const uri = await this.#call((signal) => this.#options.nodeUri(signal));
    for (const registration of missing) {
      if (!this.#wanted.has(registration)) continue;
      const { role, topic, type } = registration;
      let registered = uri;
      const peers = await this.#call(async (signal) => {
        switch (role) {
          case 'subscriber':
            return client.registerSubscriber(topic, uri, signal);
          case 'publisher':
            return client.registerPublisher(topic, type, uri, signal);
          case 'service':
            registered = await this.#options.serviceUri(signal);
            await client.registerService(topic, registered, uri, signal);
            return [];
        }
      });
      this.#registered.set(registration, registered);
      if (this.#wanted.has(registration)) registration.handlePeers(peers);
    }
  }

  #isWantedAnew({ role, topic }: Registration): boolean {
    return [...this.#wanted].some((other) => other.role === role && other.topic === topic);
  }

  async #call<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { clock } = this.#options;
    return bounded('The ROS master', { clock, deadlineMs: CALL_TIMEOUT_MS, closing: this.#closing.signal }, work);
  }
}
