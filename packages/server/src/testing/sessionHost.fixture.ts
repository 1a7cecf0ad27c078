import { CoarseTimers } from '@longline/line';
import type { Clock } from '@longline/ros';
import { FleetView } from '../access/FleetView.ts';
import type { RobotRequests } from '../commands/RobotRequests.ts';
import { MemoryCredentialStore } from '../credentials/MemoryCredentialStore.ts';
import { RobotAdmission } from '../credentials/RobotAdmission.ts';
import { Sessions } from '../credentials/Sessions.ts';
import type { FleetState } from '../fleet/FleetState.ts';
import type { AgentSessionHost } from '../gateway/AgentSession.ts';
import type { LiveSessionHost } from '../live/LiveSessionHost.ts';
import { IntakeBudget } from '../transport/IntakeBudget.ts';

type SessionHost = AgentSessionHost & LiveSessionHost;

/** What sessions of agents and readers are given where a test is about them alone: an unlocked server without bounds on rates. */
export function sessionHost(
  rooms: { readonly fleet: FleetState; readonly requests: RobotRequests; readonly clock: Clock },
  own: Partial<SessionHost> = {},
): SessionHost {
  const { clock, fleet, requests } = rooms;
  let epoch = 0;
  return {
    fleet,
    requests,
    clock,
    viewOf: (principal) => new FleetView(fleet, clock, principal),
    admission: new RobotAdmission({ store: new MemoryCredentialStore(), name: 'n' }),
    sessions: new Sessions(),
    lineLimits: {},
    timers: new CoarseTimers(clock),
    software: 's',
    name: 'n',
    frame: { receiveTime: 0n },
    counters: { frames: 0, bytes: 0, messages: 0, agentDropped: 0, packedBytes: 0, unpackedBytes: 0 },
    admitsLine: () => true,
    intakeOf: () => unbounded,
    readerIntakeOf: () => unbounded,
    openEpoch: () => Promise.resolve(++epoch),
    handleJoined: () => true,
    handleLineOpened: () => undefined,
    handleRefusedHello: () => undefined,
    handleLineEnded: () => undefined,
    handleClosed: () => undefined,
    handleFault: () => undefined,
    ...own,
  };
}

const unbounded = new IntakeBudget({
  recordsPerSecond: Number.POSITIVE_INFINITY,
  bytesPerSecond: Number.POSITIVE_INFINITY,
});
