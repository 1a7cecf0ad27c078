import { lanes } from '@longline/line';
import { Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { DeviceState } from '../fleet/DeviceState.ts';
import type { FleetState } from '../fleet/FleetState.ts';
import type { Gateway } from '../gateway/Gateway.ts';
import { readCounter, readCounters, readGauge, readGauges } from './readMetrics.ts';

/** Round trips are counted up to these, in seconds. */
const ROUND_TRIP_BUCKETS_S = [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

/** What the metrics of lines are read from. */
export interface LineMetricSources {
  readonly fleet: FleetState;
  readonly gateway: Gateway;
  /** Gives every device series of its own too: for fleets that a Prometheus can hold one by one. */
  readonly perDevice: boolean;
}

/** How the lines of all devices are doing. There is no series per device, unless it is asked for. */
export function lineMetrics(registry: Registry, { fleet, gateway, perDevice }: LineMetricSources): void {
  const online = (): Iterable<DeviceState> => Iterator.from(fleet.devices).filter((device) => device.online);
  const sum = (amountOf: (device: DeviceState) => number): number => {
    let total = 0;
    for (const device of online()) total += amountOf(device);
    return total;
  };

  new Histogram({
    name: 'longline_line_round_trip_seconds',
    help: 'Last round trips of the open lines, as of now: take quantiles of it without rate()',
    buckets: ROUND_TRIP_BUCKETS_S,
    registers: [registry],
    collect() {
      this.reset();
      for (const { lineSummary } of online())
        if (lineSummary.roundTripMs !== null) this.observe(lineSummary.roundTripMs / 1e3);
    },
  });
  readGauge(registry, 'longline_line_sockets', 'Open sockets of all lines; one line has up to four', () =>
    sum(({ line }) => line?.sockets ?? 0),
  );
  readGauge(registry, 'longline_lines_with_copies', 'Lines on which urgent messages travel twice, as agents said', () =>
    sum(({ report }) => (report?.copies === true ? 1 : 0)),
  );
  readGauges(
    registry,
    'longline_agent_waiting_bytes',
    'Bytes that wait for the lines on all robots, as agents said',
    'lane',
    () => lanes.map((lane, index) => [lane, sum(({ report }) => report?.waitingBytes[index] ?? 0)]),
  );
  const { counters } = gateway;
  readCounter(
    registry,
    'longline_line_reconnects_total',
    'Lines opened of devices that had one before',
    () => counters.reconnects,
  );
  readCounters(registry, 'longline_lines_ended_total', 'Lines that ended, by why', 'code', () => gateway.endedLines);
  readCounter(
    registry,
    'longline_packed_bytes_total',
    'Bytes of packed records received from agents',
    () => counters.packedBytes,
  );
  readCounter(
    registry,
    'longline_unpacked_bytes_total',
    'Bytes of messages that came out of packed records',
    () => counters.unpackedBytes,
  );
  if (!perDevice) return;

  const each = (name: string, help: string, amountOf: (device: DeviceState) => number | null): void =>
    readGauges(registry, name, help, 'device', function* () {
      for (const device of fleet.devices) {
        const amount = amountOf(device);
        if (amount !== null) yield [device.id, amount];
      }
    });
  each('longline_device_online', 'Whether the device has a line', ({ online }) => (online ? 1 : 0));
  each('longline_device_round_trip_seconds', 'Last round trip', ({ lineSummary: { roundTripMs } }) =>
    roundTripMs === null ? null : roundTripMs / 1e3,
  );
  each(
    'longline_device_received_bytes_per_second',
    'Received of late, framing included',
    ({ lineSummary }) => lineSummary.receivedBytesPerSecond,
  );
  each('longline_device_reconnects', 'Times the line was opened again since the server started', (d) => d.reconnects);
}
