import { textTable } from '../format/textTable.ts';
import { BrailleCanvas } from './BrailleCanvas.ts';
import type { DemoMeter } from './DemoMeter.ts';

/** What the demo's screen shows. */
export interface DemoView {
  readonly meter: DemoMeter;
  readonly online: boolean;
  readonly serverUrl: string;
  /** How this command line is called here: `longline`, or through npm in a clone. */
  readonly program: string;
  /** The newest warning of server or agent. */
  readonly warning: string | undefined;
  /** What is left of `--for`, in seconds. */
  readonly leftS: number | undefined;
}

/** Side of turtlesim's world, in metres. */
const WORLD = 11.088889;
/** Lines of the screen besides the picture and the hints. */
const OTHER_LINES = 12;
/** Terminals lower than this get half the hints, and a picture that can be seen. */
const HIGH_TERMINAL = 32;
const arrows = ['→', '↗', '↑', '↖', '←', '↙', '↓', '↘'] as const;

/** The demo's whole screen, for a terminal of so many lines. */
export function demoScreen(view: DemoView, rows: number): string[] {
  const end = view.leftS === undefined ? 'Ctrl-C ends it' : `ends in ${Math.ceil(view.leftS)} s`;
  const shown = hints(view).slice(0, rows >= HIGH_TERMINAL ? 4 : 2);
  return [
    `Longline demo: turtle -> agent -> server -> this screen (${end})`,
    '',
    ...textTable(['DEVICE', 'PRESENCE', 'POSES', 'RATE', 'AGE p50', 'AGE p99'], [measured(view)])
      .trimEnd()
      .split('\n'),
    '',
    "The turtle's world, 11 by 11 m, drawn from the poses that the server gives:",
    ...picture(view.meter, Math.max(6, Math.min(20, rows - OTHER_LINES - shown.length))),
    circleLine(view.meter),
    'Look at it from another terminal:',
    ...shown,
    view.warning === undefined ? '' : `Last warning: ${view.warning}`,
  ];
}

/** One line for a place that cannot be redrawn. */
export function demoLine({ meter, online }: Pick<DemoView, 'meter' | 'online'>): string {
  const [device = '', presence = '', messages = '', rate = '', p50 = '', p99 = ''] = measured({ meter, online });
  return `${device} ${presence}: ${messages} poses at ${rate}, age p50 ${p50}, p99 ${p99}; ${circleLine(meter)}`;
}

/** Commands that show the same robot by other ways. */
export function hints({ meter, program, serverUrl }: Pick<DemoView, 'meter' | 'program' | 'serverUrl'>): string[] {
  const server = serverUrl.endsWith(':8080') ? '' : ` --server ${serverUrl}`;
  return [
    `curl '${serverUrl}/api/v1/devices/${meter.device}/latest?topic=/turtle1/pose'`,
    `${program} topic echo ${meter.device} /turtle1/pose${server}`,
    `${program} stop ${meter.device}${server}; ${program} stop --release --take-over ${meter.device}${server}`,
    `${program} drive --take-over ${meter.device}${server}`,
  ];
}

function measured({ meter, online }: Pick<DemoView, 'meter' | 'online'>): string[] {
  const { ageMs, device, hz, messages } = meter.summary();
  const ms = (value: number | null): string => (value === null ? '-' : `${value.toFixed(1)} ms`);
  return [
    device,
    online ? 'online' : 'offline',
    String(messages),
    hz === null ? '-' : `${hz.toFixed(1)} Hz`,
    ms(ageMs.p50),
    ms(ageMs.p99),
  ];
}

function circleLine(meter: DemoMeter): string {
  const { circle } = meter;
  if (circle === undefined) return 'No circle yet: the turtle is about to drive.';
  return `Circle: radius ${circle.radius.toFixed(3)} m, largest error ${circle.maxError.toFixed(4)} m, ${meter.turns.toFixed(1)} turns`;
}

/** The path in a frame, twice as wide as high because characters are twice as high as wide. */
function picture(meter: DemoMeter, rows: number): string[] {
  const canvas = new BrailleCanvas(rows * 2, rows, { width: WORLD, height: WORLD });
  for (const { x, y } of meter.path) canvas.dot(x, y);
  const now = meter.path.at(-1);
  if (now !== undefined) canvas.mark(now.x, now.y, arrowOf(now.theta));
  const edge = '─'.repeat(canvas.columns);
  return [`┌${edge}┐`, ...canvas.lines().map((line) => `│${line}│`), `└${edge}┘`];
}

function arrowOf(theta: number): string {
  const eighth = Math.round(theta / (Math.PI / 4));
  return arrows[((eighth % 8) + 8) % 8] ?? '→';
}
