import { Registry } from 'prom-client';
import type { Commands } from '../commands/Commands.ts';
import type { Doors } from '../doors/Doors.ts';
import type { FleetState } from '../fleet/FleetState.ts';
import type { Gateway } from '../gateway/Gateway.ts';
import type { MotionRooms } from '../motion/openMotionRooms.ts';
import type { StandingCommands } from '../standing/StandingCommands.ts';
import type { CommandStore } from '../store/CommandStore.ts';
import type { ConnectionGate } from '../transport/ConnectionGate.ts';
import { lineMetrics } from './lineMetrics.ts';
import { readCounter, readCounters, readGauge, readGauges } from './readMetrics.ts';

/** What the metrics are read from. */
export interface MetricSources {
  readonly fleet: FleetState;
  readonly gateway: Gateway;
  readonly doors: Pick<Doors, 'countOf' | 'opened' | 'routes'>;
  readonly commands: Commands;
  readonly standing: StandingCommands;
  readonly history: CommandStore;
  readonly gate: ConnectionGate;
  readonly motion: Pick<MotionRooms, 'leases' | 'stops' | 'motion'>;
  /** Every device has series of its own too. */
  readonly perDevice: boolean;
}

/** The metrics of one server. Everything is counted in plain numbers where it happens, and read when somebody asks. */
export function serverMetrics({
  fleet,
  gateway,
  doors,
  commands,
  standing,
  history,
  gate,
  motion,
  perDevice,
}: MetricSources): Registry {
  const registry = new Registry();
  const gauge = (name: string, help: string, read: () => number): void => readGauge(registry, name, help, read);
  const counter = (name: string, help: string, read: () => number): void => readCounter(registry, name, help, read);

  readGauges(registry, 'longline_devices', 'Devices known, by whether they are online', 'state', () => {
    let online = 0;
    for (const device of fleet.devices) if (device.online) online++;
    return [
      ['online', online],
      ['offline', fleet.deviceCount - online],
    ];
  });
  gauge('longline_cloned_devices', 'Devices whose ID several agents use at once', () => {
    let cloned = 0;
    for (const device of fleet.devices) if (device.cloned !== undefined) cloned++;
    return cloned;
  });
  gauge('longline_agent_connections', 'Connections of agents', () => gateway.counts.agents);
  gauge('longline_readers', 'Readers connected', () => gateway.counts.readers);
  readGauges(registry, 'longline_doors', 'Readers connected by doors, by their protocol', 'door', () =>
    doors.routes.map((name) => [name, doors.countOf(name)]),
  );
  readCounters(registry, 'longline_doors_opened_total', 'Doors opened, by their protocol', 'door', () =>
    doors.routes.map((name) => [name, doors.opened[name]]),
  );
  gauge('longline_websockets', 'WebSockets open', () => gateway.counts.sockets);
  gauge('longline_latest_bytes', 'Memory of last messages, in bytes', () => fleet.latestBytes.usedBytes);
  gauge('longline_definitions', 'Different message definitions known', () => fleet.schemas.size);
  gauge('longline_commands_remembered', 'Commands remembered', () => commands.size);
  gauge('longline_commands_open', 'Commands that have not ended', () => commands.counts.open);
  gauge('longline_commands_waiting', 'Commands that wait for their devices', () => commands.counts.waiting);
  gauge('longline_store_failing', '1 while the history cannot be written', () =>
    history.health.fault === undefined ? 0 : 1,
  );
  gauge('longline_store_waiting_rows', 'Rows of the history to be written', () => history.health.waitingRows);
  counter('longline_store_written_rows_total', 'Rows of the history written', () => history.health.writtenRows);
  counter('longline_store_lost_rows_total', 'Rows of the history given up', () => history.health.lostRows);
  gauge('longline_standing_commands', 'Standing commands held', () => standing.size);
  gauge('longline_leases', 'Devices whose lease somebody holds', () => motion.leases.size);
  gauge('longline_stops_waiting', 'Stops that robots have not confirmed', () => motion.stops.size);
  counter('longline_motion_frames_total', 'Frames of motion passed on', () => motion.motion.counters.frames);
  counter('longline_motion_refused_total', 'Refusals of motion', () => motion.motion.counters.refused);
  counter('longline_lines_opened_total', 'Lines of devices opened', () => gateway.counters.linesOpened);
  counter('longline_received_frames_total', 'Frames received from agents', () => gateway.counters.frames);
  counter('longline_received_bytes_total', 'Bytes received from agents', () => gateway.counters.bytes);
  counter('longline_received_messages_total', 'Messages received from agents', () => gateway.counters.messages);
  counter('longline_agent_dropped_messages_total', 'Messages that agents dropped', () => gateway.counters.agentDropped);
  counter('longline_reader_dropped_messages_total', 'Messages not sent to readers', () => gateway.droppedForReaders);
  gauge('longline_ungreeted_connections', 'Connections that have not said what they want', () => gate.ungreeted);
  counter(
    'longline_refused_connections_total',
    'Connections beyond the bound of their address',
    () => gate.counters.refused,
  );
  counter(
    'longline_cut_connections_total',
    'Connections cut for room before they said what they want',
    () => gate.counters.ungreetedCut,
  );
  counter('longline_refused_upgrades_total', 'WebSockets refused', () => gateway.counters.refusedUpgrades);
  readCounters(
    registry,
    'longline_commands_total',
    'Commands that ended, by how; what settles an unknown one later counts again',
    'state',
    () => commands.ended,
  );
  lineMetrics(registry, { fleet, gateway, perDevice });
  gauge('process_start_time_seconds', 'When the process started, in seconds since 1970', () =>
    Math.round(performance.timeOrigin / 1e3),
  );
  gauge('process_resident_memory_bytes', 'Resident memory, in bytes', () => process.memoryUsage.rss());
  counter('process_cpu_seconds_total', 'CPU time, in seconds', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  return registry;
}
