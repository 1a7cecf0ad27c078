import { Counter, Gauge, Registry } from 'prom-client';
import type { Commands } from '../commands/Commands.ts';
import type { FleetState } from '../fleet/FleetState.ts';
import type { Gateway } from '../gateway/Gateway.ts';
import type { StandingCommands } from '../standing/StandingCommands.ts';

/** What the metrics are read from. */
export interface MetricSources {
  readonly fleet: FleetState;
  readonly gateway: Gateway;
  readonly commands: Commands;
  readonly standing: StandingCommands;
}

/** The metrics of one server. Everything is counted in plain numbers where it happens, and read when somebody asks. */
export function serverMetrics({ fleet, gateway, commands, standing }: MetricSources): Registry {
  const registry = new Registry();
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({ name, help, registers: [registry], collect() { this.set(read()); } }); // prettier-ignore
  };
  const counter = (name: string, help: string, read: () => number): void => {
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  };

  new Gauge({
    name: 'longline_devices',
    help: 'Devices known, by whether they are online',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      let online = 0;
      for (const device of fleet.devices) if (device.online) online++;
      this.set({ state: 'online' }, online);
      this.set({ state: 'offline' }, fleet.deviceCount - online);
    },
  });
  gauge('longline_agent_connections', 'Connections of agents', () => gateway.counts.agents);
  gauge('longline_readers', 'Readers connected', () => gateway.counts.readers);
  gauge('longline_websockets', 'WebSockets open', () => gateway.counts.sockets);
  gauge('longline_latest_bytes', 'Memory of last messages, in bytes', () => fleet.latestBytes.usedBytes);
  gauge('longline_definitions', 'Different message definitions known', () => fleet.schemas.size);
  gauge('longline_commands_remembered', 'Commands remembered', () => commands.size);
  gauge('longline_standing_commands', 'Standing commands held', () => standing.size);
  counter('longline_lines_opened_total', 'Lines of devices opened', () => gateway.counters.linesOpened);
  counter('longline_received_frames_total', 'Frames received from agents', () => gateway.counters.frames);
  counter('longline_received_bytes_total', 'Bytes received from agents', () => gateway.counters.bytes);
  counter('longline_received_messages_total', 'Messages received from agents', () => gateway.counters.messages);
  counter('longline_agent_dropped_messages_total', 'Messages that agents dropped', () => gateway.counters.agentDropped);
  counter('longline_reader_dropped_messages_total', 'Messages not sent to readers', () => gateway.droppedForReaders);
  counter('longline_refused_upgrades_total', 'WebSockets refused', () => gateway.counters.refusedUpgrades);
  new Counter({
    name: 'longline_commands_total',
    help: 'Commands that ended, by their last state',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [state, count] of commands.ended) this.inc({ state }, count);
    },
  });
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
