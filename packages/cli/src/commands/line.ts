import type { LineRecord } from '@longline/client';
import { drawInPlace } from '../drawInPlace.ts';
import { findDevice } from '../findDevice.ts';
import { lineScreen } from '../format/lineScreen.ts';
import { repeat } from '../repeat.ts';
import type { Terminal } from '../Terminal.ts';
import { withFleet } from '../withFleet.ts';
import type { ServerOptions } from '../withFleet.ts';

export interface LineOptions extends ServerOptions {
  /** Shows it once and ends. */
  readonly once?: boolean | undefined;
}

/** The server tells every second; when it does not, the screen is drawn anew all the same, in milliseconds. */
const REDRAW_MS = 1_000;

/** `longline line DEVICE`: how the line to a robot is doing, in place on a terminal, until Ctrl-C. */
export function line(terminal: Terminal, id: string, options: LineOptions): Promise<void> {
  return withFleet(terminal, options, async (fleet) => {
    const { signal } = terminal;
    const { device } = await findDevice(fleet, id);
    const show = options.json === true ? printJson(terminal) : drawScreen(terminal);
    if (options.once === true) {
      await show(await device.line({ signal }), 0);
      return;
    }
    let [told, toldMs]: [LineRecord | undefined, number] = [undefined, 0];
    const stop = new AbortController();
    // Whoever looks must see that nothing comes any more.
    const redrawing = repeat(REDRAW_MS, AbortSignal.any([signal, stop.signal]), async () => {
      const ageMs = performance.now() - toldMs;
      if (told !== undefined && ageMs > 1.5 * REDRAW_MS && options.json !== true) await show(told, ageMs);
    });
    try {
      for await (const record of device.watchLine({ signal })) {
        [told, toldMs] = [record, performance.now()];
        await show(record, 0);
      }
    } finally {
      stop.abort();
      await redrawing;
    }
  });
}

type Show = (line: LineRecord, ageMs: number) => Promise<void>;

const printJson =
  (terminal: Terminal): Show =>
  (record) =>
    terminal.print(`${JSON.stringify(record)}\n`);

function drawScreen(terminal: Terminal): Show {
  const draw = drawInPlace(terminal);
  return (record, ageMs) => draw(lineScreen(record, ageMs));
}
