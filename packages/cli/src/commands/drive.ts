import type { DeviceRecord } from '@longline/client';
import { systemClock } from '@longline/ros';
import { drawInPlace } from '../drawInPlace.ts';
import { driveScreen } from '../drive/driveScreen.ts';
import { Driver } from '../drive/Driver.ts';
import { findDriveTopic } from '../drive/findDriveTopic.ts';
import { parseKeys } from '../drive/parseKeys.ts';
import { CliError } from '../errors.ts';
import { findDevice } from '../findDevice.ts';
import { namingTakeOver } from '../motion/withLease.ts';
import { repeat } from '../repeat.ts';
import type { Terminal } from '../Terminal.ts';
import { withFleet } from '../withFleet.ts';
import type { ServerOptions } from '../withFleet.ts';

export interface DriveOptions extends ServerOptions {
  readonly takeOver?: boolean | undefined;
  /** Full speed, in metres a second. */
  readonly speed?: number | undefined;
  /** Full turn, in radians a second. */
  readonly turn?: number | undefined;
}

const SPEED = 0.5;
const TURN = 1;
const REDRAW_MS = 100;

/** `longline drive DEVICE [TOPIC]`: drives a robot by keys, under its lease, until q or Ctrl-C; it ends with a stop. */
export function drive(terminal: Terminal, id: string, name: string | undefined, options: DriveOptions): Promise<void> {
  return withFleet(terminal, options, async (fleet) => {
    const { device } = await findDevice(fleet, id);
    const target = await findDriveTopic(device, name);
    const quit = new AbortController();
    const ended = AbortSignal.any([terminal.signal, quit.signal]);
    const full = { linear: options.speed ?? SPEED, angular: options.turn ?? TURN };
    const driver = new Driver({ device, target, clock: systemClock, full });
    const stopReading = terminal.readKeys((text) => {
      for (const key of parseKeys(text)) if (driver.handleKey(key)) quit.abort();
    });
    if (stopReading === undefined) {
      throw new CliError('ARGUMENT_INVALID', 'drive reads the keyboard: run it in a terminal. Programs use the SDK.');
    }
    try {
      await namingTakeOver(() => driver.take(options.takeOver));
      let record: DeviceRecord | undefined;
      const following = follow(device.watchRecord({ signal: ended }), (told) => (record = told));
      const draw = drawInPlace(terminal);
      await repeat(REDRAW_MS, ended, () => {
        const { frames, lease, note, speed, velocity } = driver;
        const serverMs = fleet.roundTripMs;
        return draw(driveScreen({ device: id, target, frames, lease, note, speed, velocity, record, serverMs }));
      });
      await following;
    } finally {
      stopReading();
      await driver.end();
    }
    await terminal.print(`${id}: told to stand still, and its lease is given back.\n`);
  });
}

async function follow(records: AsyncIterable<DeviceRecord>, tell: (record: DeviceRecord) => void): Promise<void> {
  for await (const record of records) tell(record);
}
