import type { Clock, Disposer } from '@longline/ros';
import type { Commands } from '../commands/Commands.ts';
import { RobotRequests } from '../commands/RobotRequests.ts';
import type { FleetState } from '../fleet/FleetState.ts';
import { AdvertisedTopics } from '../provided/AdvertisedTopics.ts';
import { ProvidedServices } from '../provided/ProvidedServices.ts';
import type { StopStore } from '../seams/StopStore.ts';
import type { StandingCommands } from '../standing/StandingCommands.ts';
import type { AuditSink } from './AuditSink.ts';
import { Leases } from './Leases.ts';
import { Motion } from './Motion.ts';
import { RefusalAudit } from './RefusalAudit.ts';
import { Stops } from './Stops.ts';

/** What the rooms of motion work on. */
export interface MotionRoomsOptions {
  readonly fleet: FleetState;
  readonly commands: Commands;
  readonly standing: StandingCommands;
  readonly clock: Clock;
  readonly audit: AuditSink;
  readonly stopStore: StopStore;
  readonly handleFault: (what: string, error: unknown) => void;
}

/** The one way in, and what decides there about motion. */
export interface MotionRooms {
  readonly requests: RobotRequests;
  readonly leases: Leases;
  readonly stops: Stops;
  readonly motion: Motion;
  /** Ends every lease. Idempotent. */
  readonly close: Disposer;
}

/** Makes the one way to the robots. Call it before others watch the devices: a robot that is back hears of its stops first. */
export function openMotionRooms(options: MotionRoomsOptions): MotionRooms {
  const { fleet, commands, standing, clock, audit, stopStore, handleFault } = options;
  const ask: Commands['ask'] = (request, listener) => commands.ask(request, listener);
  const stops = new Stops({
    fleet,
    clock,
    audit,
    store: stopStore,
    handleFault,
    ask,
    submit: (request, listener) => void commands.submit(request).watch(listener),
  });
  const leases = new Leases({ fleet, clock, audit, ask });
  const motion = new Motion({ fleet, leases, clock, audit });
  const refusals = new RefusalAudit(audit, clock);
  const provided = new ProvidedServices({ ask, audit });
  const advertised = new AdvertisedTopics(ask);
  const disposers = [
    fleet.watchDevices(stops),
    fleet.watchDevices(leases),
    fleet.watchDevices(advertised),
    leases.watchEnds((lease) => standing.handleLeaseOver(lease)),
  ];
  return {
    requests: new RobotRequests({ commands, standing, leases, motion, stops, refusals, provided, advertised }),
    leases,
    stops,
    motion,
    close: () => {
      leases.stop();
      stops.stopRepeating();
      for (const dispose of disposers) dispose();
    },
  };
}
