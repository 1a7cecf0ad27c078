import type { DeviceRecord, Lease, RemoteDevice } from '@longline/client';
import type { LonglineError } from '@longline/ros';
import { findDevice } from '../findDevice.ts';
import { motionLines } from '../motion/motionText.ts';
import { withLease } from '../motion/withLease.ts';
import type { Terminal } from '../Terminal.ts';
import { untilAborted } from '../untilAborted.ts';
import { withFleet } from '../withFleet.ts';
import type { ServerOptions } from '../withFleet.ts';

export interface LeaseCommandOptions extends ServerOptions {
  /** Takes the lease and holds it until Ctrl-C. */
  readonly take?: boolean | undefined;
  readonly takeOver?: boolean | undefined;
  readonly holdMs?: number | undefined;
}

/** `longline lease DEVICE`: who may move a robot, and what moves it; with `--take` this program, until Ctrl-C. */
export function lease(terminal: Terminal, id: string, options: LeaseCommandOptions): Promise<void> {
  return withFleet(terminal, options, async (fleet) => {
    const { device, record } = await findDevice(fleet, id);
    if (options.take !== true && options.takeOver !== true) {
      await show(terminal, record, options.json === true);
      return;
    }
    await withLease(device, options, async (taken) => {
      const { holdMs, token } = taken;
      await terminal.print(
        options.json === true
          ? `${JSON.stringify({ device: id, token, holdMs })}\n`
          : `The lease of ${id} is yours (token ${token}), held until Ctrl-C. Without this program it ends in ${holdMs} ms and the robot stops.\n`,
      );
      const ended = AbortSignal.any([terminal.signal, taken.lost]);
      if (options.json !== true) void showChanges(terminal, device, taken, ended);
      await untilAborted(ended);
      if (taken.lost.aborted) throw taken.lost.reason as LonglineError;
    });
  });
}

async function show(terminal: Terminal, record: DeviceRecord, json: boolean): Promise<void> {
  const { device, lease: held, status, stopWaits = false } = record;
  if (json) {
    const facts = { device, lease: held ?? null, stopWaits, motion: status.motion ?? null };
    await terminal.print(`${JSON.stringify(facts)}\n`);
    return;
  }
  const holder =
    held === undefined
      ? `Nobody holds the lease of ${device}. Take it: longline lease ${device} --take`
      : `${held.holder} holds the lease of ${device} since ${new Date(held.sinceMs).toISOString()} (token ${held.token}).`;
  const waits = stopWaits ? ['A stop waits for it to come back.'] : [];
  const stale = record.online ? [] : [`${device} is offline; all below is as it was then.`];
  await terminal.print(`${[holder, ...waits, ...stale, ...motionLines(status)].join('\n')}\n`);
}

/** Prints the robot's motion whenever it is another. */
async function showChanges(
  terminal: Terminal,
  device: RemoteDevice,
  { refusals }: Lease,
  signal: AbortSignal,
): Promise<void> {
  const stop = refusals.listen(({ code, message }) => terminal.warn(`${code}: ${message}`));
  let told = '';
  for await (const { status } of device.watchRecord({ signal })) {
    const text = motionLines(status).join('\n');
    if (text !== told) await terminal.print(`${text}\n`);
    told = text;
  }
  stop();
}
