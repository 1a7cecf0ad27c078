import type { Action, RequestHeader } from '@longline/line';
import type { FakeClock } from '@longline/testing';
import { fakeFleet, r1 } from '../FakeLiveServer.fixture.ts';
import type { FakeLiveServer } from '../FakeLiveServer.fixture.ts';
import type { Fleet } from '../Fleet.ts';
import type { Lease } from './Lease.ts';
import type { TakeLeaseOptions } from './takeLease.ts';

const encoder = new TextEncoder();

/** A fake server that gives leases, token 7 first, and answers everything else as done but motion, which it keeps silent about. */
export class LeaseServer {
  readonly clock: FakeClock;
  readonly server: FakeLiveServer;
  readonly fleet: Fleet;
  readonly cut: () => void;
  /** Renewals are answered. */
  renews = true;
  /** Refuses requests of a kind with a code. */
  readonly refuses = new Map<Action['kind'], string>();
  #token = 6;

  constructor() {
    const { clock, fleet, pairs, server } = fakeFleet();
    this.clock = clock;
    this.fleet = fleet;
    this.server = server;
    this.cut = () => pairs.at(-1)?.cut();
    server.answer = (live, header) => {
      const { action, id } = header;
      if (action.kind === 'motion') return;
      if (action.kind === 'lease.renew' && !this.renews) return;
      const code = this.refuses.get(action.kind);
      if (code === undefined) live.reply({ id, state: 'done' }, encoder.encode(JSON.stringify(this.#payload(header))));
      else live.reply({ id, state: 'rejected', code, message: `refused: ${code}` });
    };
  }

  /** Everything of one kind that was asked, oldest first. */
  asked(kind: Action['kind']): RequestHeader[] {
    return this.server.requests.map(({ header }) => header).filter(({ action }) => action.kind === kind);
  }

  async take(options: TakeLeaseOptions = {}): Promise<Lease> {
    const taken = this.fleet.device('r1').takeLease(options);
    await this.clock.advance(20);
    return taken;
  }

  /** Tells who holds the lease of the robot, as a device record. */
  tell(holder: { readonly token: number; readonly holder: string } | undefined, online = true): void {
    const lease = holder === undefined ? {} : { lease: { ...holder, sinceMs: 0 } };
    this.server.live?.device({ ...r1, online, ...lease });
  }

  /** Refuses the newest motion stream's frames. */
  refuse(code: string): void {
    const frame = this.asked('motion').at(-1);
    if (frame === undefined) throw new Error('no motion was sent');
    this.server.live?.reply({ id: frame.id, state: 'rejected', code, message: `refused: ${code}`, robotMs: 5 });
  }

  #payload({ action, token }: RequestHeader): object {
    if (action.kind === 'lease.take') return { token: ++this.#token, holdMs: action.holdMs };
    if (action.kind === 'lease.renew') return { token, holdMs: action.holdMs };
    if (action.kind === 'standing.set') return { motion: true, holdMs: 500 };
    if (action.kind === 'stop') return { outputs: [] };
    return {};
  }
}

/** The code of a lease's end, or undefined while it is held. */
export const lostCode = (lease: Lease): unknown => (lease.lost.reason as { code?: string } | undefined)?.code;
