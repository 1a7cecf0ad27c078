import type { FleetStop, StopReport } from '@longline/client';

type StoppedOutput = StopReport['outputs'][number];

/** One robot after a stop, in words: a line first, and one more for every output that may still move it. */
export interface StopWords {
  readonly lines: readonly string[];
  /** Everything that moves it took the stop, and nobody else moves it. */
  readonly isComplete: boolean;
}

/** What became of the stop of one robot, for people. */
export function stopText(result: FleetStop): StopWords {
  const { device } = result;
  if ('error' in result) {
    const { code, message } = result.error;
    return { lines: [`${device}: NOT STOPPED (${code}: ${message})`], isComplete: false };
  }
  const { message, outputs, waits } = result.report;
  if (waits) return { lines: [`${device}: NOT CONFIRMED. ${message ?? 'The stop waits for it.'}`], isComplete: false };
  if (outputs.length === 0) {
    return { lines: [`${device}: STOPPED. Nothing moves it now; what will is stopped too.`], isComplete: true };
  }
  const taken = outputs.filter(({ delivered }) => delivered).map(({ name }) => name);
  const problems = outputs.flatMap(problemOf).map((line) => `${device}: ${line}`);
  const [word, names] = taken.length === 0 ? ['STOP UNDER WAY', 'nothing'] : ['STOPPED', taken.join(', ')];
  return {
    lines: [`${device}: ${word}. ROS took the stop of ${names}.`, ...problems],
    isComplete: problems.length === 0,
  };
}

function problemOf({ code, delivered, name, others }: StoppedOutput): string[] {
  const lines: string[] = [];
  if (!delivered) {
    lines.push(
      `ROS did not take the stop of ${name}${code === undefined ? '' : ` (${code})`}. The robot tries on; IT MAY STILL MOVE.`,
    );
  }
  if (others.length > 0) {
    const [publish, were] = others.length === 1 ? ['publishes', 'was'] : ['publish', 'were'];
    lines.push(
      `${others.join(', ')} also ${publish} on ${name} and ${were} not stopped (NOT_EXCLUSIVE): IT MAY STILL MOVE. Stop that too, or give ` +
        'Longline a twist_mux input of its own with the highest priority.',
    );
  }
  return lines;
}
