import type { Lane, LaneState, LineRecord, PathEstimate } from '@longline/line';
import type { Clock } from '@longline/ros';
import type { DeviceState } from './DeviceState.ts';

/** How the line of a device is doing now; of an offline device, how it was. */
export function deviceLine(device: DeviceState, clock: Clock): LineRecord {
  const { line, report, reportedMs, traffic } = device;
  const known = device.clock;
  // What was measured on the line before says nothing about this one's round trip.
  const measured = line === undefined ? known : line.clockEstimate();
  return {
    device: device.id,
    online: device.online,
    epoch: device.epoch,
    sinceMs: device.sinceMs,
    nowMs: Number(clock.wallNs() / 1_000_000n),
    sockets: line?.sockets ?? 0,
    roundTripMs: rounded(measured?.roundTripMs),
    clockOffsetMs: rounded(known && Number(known.wallOffsetNs) / 1e6),
    clockErrorMs: rounded(known?.errorMs),
    reconnects: device.reconnects,
    up: {
      roundTripMs: report?.roundTripMs ?? null,
      lastRoundTripMs: report?.lastRoundTripMs ?? null,
      bytesPerSecond: report?.bytesPerSecond ?? null,
      windowBytes: report?.windowBytes ?? null,
      inFlightBytes: report?.inFlightBytes ?? null,
      receivedBytesPerSecond: line === undefined ? 0 : Math.round(traffic?.bytesPerSecond ?? 0),
      receivedBytes: traffic?.bytes ?? 0,
      receivedFrames: traffic?.frames ?? 0,
      receivedMessages: traffic?.messages ?? 0,
      copies: report?.copies ?? null,
      lanes: laneStates(device, clock),
    },
    down: line === undefined ? null : pathOf(line.path),
    reportedMs: report === undefined ? null : Math.round(clock.monotonicMs() - reportedMs),
    agent: report === undefined ? null : { lines: report.lines, dials: report.dials },
  };
}

interface Newest {
  receiveTime: bigint;
  logTime: bigint | undefined;
}

function laneStates(device: DeviceState, clock: Clock): LineRecord['up']['lanes'] {
  const newest = new Map<Lane, Newest>();
  for (const { described, receiveTime, latestRecord } of device.channels.values()) {
    // A latched message says what was true long ago, and is sent again on every line.
    if (receiveTime === 0n || described.latched) continue;
    if (receiveTime > (newest.get(described.lane)?.receiveTime ?? 0n))
      newest.set(described.lane, { receiveTime, logTime: latestRecord?.logTime });
  }
  const nowNs = clock.wallNs();
  const offsetNs = device.clock?.wallOffsetNs;
  const stateOf = (lane: Lane, index: 0 | 1 | 2 | 3): LaneState => {
    const { receiveTime, logTime } = newest.get(lane) ?? {};
    const isTimed = receiveTime !== undefined && logTime !== undefined && offsetNs !== undefined;
    return {
      receivedMs: receiveTime === undefined ? null : Math.max(0, Math.round(Number(nowNs - receiveTime) / 1e6)),
      underWayMs: isTimed ? Math.max(0, rounded(Number(receiveTime + offsetNs - logTime) / 1e6) ?? 0) : null,
      waitingBytes: device.report?.waitingBytes[index] ?? null,
      dropped: device.report?.dropped[index] ?? null,
    };
  };
  return {
    control: stateOf('control', 0),
    state: stateOf('state', 1),
    telemetry: stateOf('telemetry', 2),
    bulk: stateOf('bulk', 3),
  };
}

const pathOf = (path: PathEstimate): NonNullable<LineRecord['down']> => ({
  roundTripMs: rounded(path.rttMs),
  lastRoundTripMs: rounded(path.lastRttMs),
  bytesPerSecond: path.bytesPerSecond === undefined ? null : Math.round(path.bytesPerSecond),
  windowBytes: Math.round(path.windowBytes),
  inFlightBytes: Math.round(path.inFlightBytes),
});

/** To microseconds; null where it is not known. */
const rounded = (ms: number | undefined): number | null => (ms === undefined ? null : Math.round(ms * 1_000) / 1_000);
