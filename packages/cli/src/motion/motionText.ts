import type { DeviceRecord, MotionStatus } from '@longline/client';

type Latch = MotionStatus['latches'][number];

/** What an operator has to know first of a robot's motion, in a word or two; `-` where nothing moves it from here. */
export function motionWord({ online, status, stopWaits }: DeviceRecord): string {
  const { motion } = status;
  if (stopWaits === true) return 'STOP WAITS';
  if (!online || motion === undefined) return '-';
  if (motion.outputs.some(({ state }) => state === 'undelivered')) return 'STOP UNDELIVERED';
  if (motion.latches.length > 0) return 'STOPPED';
  if (motion.deadman.state === 'absent') return 'NO DEADMAN';
  if (motion.outputs.some(({ state }) => state === 'moving')) return 'moving';
  return motion.outputs.some(({ state }) => state === 'stopping') ? 'stopping' : 'still';
}

/** A robot's motion, for people: what stands in its way, and every output that is in use. */
export function motionLines({ motion }: DeviceRecord['status']): string[] {
  if (motion === undefined) return ['Nothing that moves it is known: its agent is older, or has no output configured.'];
  const { deadman, latches, outputs } = motion;
  return [
    ...(deadman.state === 'absent'
      ? [`NO DEADMAN: ${deadman.reason ?? 'its process does not run'}. Motion is refused until it is back.`]
      : []),
    ...latches.map(latchText),
    ...outputs.map(({ lastRefusal, name, others, refused, state, timeoutMs }) => {
      const heard = others.length === 0 ? '' : `; ALSO MOVED BY ${others.join(', ')}`;
      const why = refused === 0 ? '' : `; ${refused} refused, last ${lastRefusal ?? 'for a reason not told'}`;
      return `${name}: ${state === 'undelivered' ? 'STOP UNDELIVERED' : state}, timeout ${timeoutMs} ms${heard}${why}`;
    }),
  ];
}

export const latchText = ({ by, outputs, sinceMs }: Latch): string =>
  `STOPPED ${outputs === '/**' || outputs === '**' ? '' : `(${outputs}) `}by ${by} since ${new Date(sinceMs).toISOString()}`;
