import { withFleet } from '../withFleet.ts';
import type { ServerOptions } from '../withFleet.ts';
import type { Terminal } from '../Terminal.ts';
import { motionWord } from '../motion/motionText.ts';
import { bytesText, timeText } from '../format/amountText.ts';
import { fittingTable } from '../format/fittingTable.ts';

/** Of an absent robot nothing is known. */
function rosWord(online: boolean, ros: { readonly state: string; readonly code?: string | undefined }): string {
  if (!online) return '-';
  return ros.state === 'connected' ? 'connected' : (ros.code ?? 'disconnected');
}

/** `longline devices`: every device that the server knows, and how it is. */
export function devices(terminal: Terminal, options: ServerOptions): Promise<void> {
  return withFleet(terminal, options, async (fleet) => {
    const records = await fleet.devices();
    if (options.json === true) {
      await terminal.print(`${JSON.stringify(records)}\n`);
      return;
    }
    if (records.length === 0) {
      terminal.warn('No device has connected to this server yet. Start one: longline agent --robot turtlesim:');
      return;
    }
    const rows = records.map((record) => {
      const { device, lease, line, online, robot, sinceMs, status } = record;
      return [
        device,
        `${online ? 'online' : 'offline'}${record.cloned === undefined ? '' : ` CLONED: ${record.cloned.boots} agents`}`,
        new Date(sinceMs).toISOString().replace(/\.\d+Z$/, 'Z'),
        rosWord(online, status.ros),
        typeof line?.roundTripMs === 'number' ? timeText(line.roundTripMs) : '-',
        online && line !== undefined ? `${bytesText(line.receivedBytesPerSecond)}/s` : '-',
        online && line !== undefined ? String(line.sockets) : '-',
        motionWord(record),
        lease?.holder ?? '-',
        robot,
      ];
    });
    await terminal.print(
      fittingTable(
        ['DEVICE', 'PRESENCE', 'SINCE', 'ROS', 'RTT', 'RATE', 'SOCKETS', 'MOTION', 'HOLDER', 'ROBOT'],
        rows,
        {
          columns: terminal.isTty ? terminal.columns : Infinity,
          spare: ['SOCKETS', 'ROBOT', 'RATE', 'SINCE'],
        },
      ),
    );
  });
}
