import type { LineRecord } from '@longline/client';
import { lanes } from '@longline/line';
import { bytesText, timeText } from './amountText.ts';
import { textTable } from './textTable.ts';

/** After so long without a word of the server what is shown is stale, in milliseconds: it tells every second. */
const STALE_MS = 3_000;
/** Less than this does not count as waiting: every message waits for its frame, in milliseconds. */
const WAITS_MS = 50;
/** A last round trip of so many of the shortest ones, and so many milliseconds more, says that something fills the path. */
const SLOW_ROUND_TRIPS = 3;
const SLOW_MS = 100;

/** How a line is doing, for people; `ageMs` is how long ago the server told it. No line is longer than 80 characters. */
export function lineScreen(line: LineRecord, ageMs: number): string[] {
  const { agent, device, down, online, reconnects, reportedMs, roundTripMs, sockets, up } = line;
  const since = timeText(line.nowMs - line.sinceMs + ageMs);
  const again =
    agent === null ? '' : `; agent: ${counted(agent.lines, 'line')}, ${counted(agent.dials, 'connection')} tried`;
  return [
    `${device}  ${online ? 'ONLINE' : 'OFFLINE'} for ${since}`,
    verdict(line, ageMs),
    '',
    `round trip   ${maybe(roundTripMs, timeText)}`,
    `robot clock  ${clockText(line)}`,
    `from robot   ${bytesText(up.receivedBytesPerSecond)}/s now; ${carriesText(up, waitingLanes(line).length > 0)}`,
    `window       ${windowText(up)}`,
    `to robot     ${down === null ? '-' : `${carriesText(down, false)}; ${windowText(down)}`}`,
    `sockets      ${sockets}${up.copies === true ? '; urgent messages travel twice' : ''}`,
    `reconnects   ${reconnects} since the server started${again}`,
    '',
    ...laneTable(line, ageMs),
    '',
    reportedMs === null
      ? 'The agent has not reported yet: what only it knows is shown as -.'
      : `Window, waiting, dropped: as the agent told ${timeText(reportedMs + ageMs)} ago; it tells changes.`,
  ];
}

/** What an operator has to know first. */
function verdict(line: LineRecord, ageMs: number): string {
  if (ageMs > STALE_MS)
    return `STALE: nothing came from the server for ${timeText(ageMs)}; all below is as it was then.`;
  if (!line.online) return 'STALE: the line ended; all below is as it was then.';
  if (line.reportedMs === null) return 'UNKNOWN: the agent has not reported yet whether anything waits.';
  const waiting = waitingLanes(line);
  const urgent = waiting.find((lane) => lane === 'control' || lane === 'state');
  if (urgent !== undefined)
    return `OVERLOADED: even ${urgent} waits, for ${timeText(waitMs(line, urgent))}. Send less from the robot.`;
  const { lastRoundTripMs, roundTripMs } = line.up;
  if (lastRoundTripMs !== null && roundTripMs !== null && lastRoundTripMs > SLOW_ROUND_TRIPS * roundTripMs + SLOW_MS)
    return `SLOW: the last round trip took ${timeText(lastRoundTripMs)}, at best it is ${timeText(roundTripMs)}.`;
  if (waiting.length > 0)
    return `FULL: ${waiting.join(' and ')} ${waiting.length === 1 ? 'waits' : 'wait'}, and newer messages replace older ones.`;
  return 'GOOD: nothing waits.';
}

/** Lanes that wait longer than for their frame; where the window is full, whatever of the less urgent ones waits. */
function waitingLanes(line: LineRecord): (typeof lanes)[number][] {
  const { inFlightBytes, windowBytes } = line.up;
  const isFull = inFlightBytes !== null && windowBytes !== null && inFlightBytes >= windowBytes;
  return lanes.filter((lane) => {
    const ms = waitMs(line, lane);
    return ms >= WAITS_MS || (isFull && ms > 0 && (lane === 'telemetry' || lane === 'bulk'));
  });
}

/** How long the path needs for what waits in a lane, in milliseconds. */
function waitMs({ up }: LineRecord, lane: (typeof lanes)[number]): number {
  const { waitingBytes } = up.lanes[lane];
  if (waitingBytes === null || waitingBytes === 0) return 0;
  return up.bytesPerSecond === null ? 0 : (1_000 * waitingBytes) / Math.max(1, up.bytesPerSecond);
}

function clockText({ clockErrorMs, clockOffsetMs }: LineRecord): string {
  if (clockOffsetMs === null || clockErrorMs === null) return '-';
  const way = clockOffsetMs < 0 ? "behind the server's" : "ahead of the server's";
  return `${timeText(Math.abs(clockOffsetMs))} ${way}, give or take ${timeText(clockErrorMs)}`;
}

interface Path {
  readonly bytesPerSecond: number | null;
  readonly windowBytes: number | null;
  readonly inFlightBytes: number | null;
}

/** While everything finds room nobody knows what the path could carry beyond that. */
const carriesText = ({ bytesPerSecond }: Path, isFull: boolean): string =>
  bytesPerSecond === null
    ? 'what the path carries is not known yet'
    : `the path carries ${isFull ? '' : 'at least '}${bytesText(bytesPerSecond)}/s`;

const windowText = ({ inFlightBytes, windowBytes }: Path): string =>
  inFlightBytes === null || windowBytes === null
    ? '-'
    : `${bytesText(inFlightBytes)} of ${bytesText(windowBytes)} under way`;

function laneTable(line: LineRecord, ageMs: number): string[] {
  const rows = lanes.map((lane) => {
    const { dropped, receivedMs, underWayMs, waitingBytes } = line.up.lanes[lane];
    return [
      lane,
      maybe(receivedMs, (ms) => `${timeText(ms + ageMs)} ago`),
      maybe(underWayMs, timeText),
      maybe(waitingBytes, bytesText),
      maybe(dropped, String),
    ];
  });
  return textTable(['LANE', 'NEWEST CAME', 'WAS UNDER WAY', 'WAITING', 'DROPPED'], rows).trimEnd().split('\n');
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const maybe = (value: number | null, text: (value: number) => string): string => (value === null ? '-' : text(value));
