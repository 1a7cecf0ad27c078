// Bytes per message on the wire, WebSocket framing included, beside rosbridge's JSON: each of six types alone in batches
// of ten, and all together at their usual rates. Prints a table and, as its last line, one JSON object.
import { parseArgs } from 'node:util';
import { agentPath } from './wire/agentPath.ts';
import { measureAlone } from './wire/measureAlone.ts';
import type { AloneFigures } from './wire/measureAlone.ts';
import { measureTogether } from './wire/measureTogether.ts';
import type { TogetherFigures } from './wire/measureTogether.ts';
import { packedPath } from './wire/packedPath.ts';
import { robotMessages } from './wire/robotMessages.ts';
import { robotTopics } from './wire/robotTopics.ts';
import type { RobotTopic } from './wire/robotTopics.ts';
import { rosbridgePath } from './wire/rosbridgePath.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** Messages of each type alone. */
    messages: { type: 'string', default: '1000' },
    /** Simulated seconds of all types together. */
    seconds: { type: 'string', default: '10' },
    /** Most delay that batching may add to a message, in milliseconds. */
    delay: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
  },
});
const seed = Number(flags.seed);
const durationMs = Number(flags.seconds) * 1000;
const say = (line: string): void => (flags.json ? console.error(line) : console.log(line));

/** The best bytes per message known for each type, a batch of ten under zstd 1, and 10 % more for head and framing. */
const targets: Record<RobotTopic['name'], number> = {
  Pose: 22,
  Twist: 9.9,
  Odometry: 94.6,
  'Scan 360': 1817,
  Imu: 110,
  'TF x5': 155.1,
};

say('each alone in batches of 10, bytes a message:');
say(row('', ['rosbridge JSON', 'plain', 'zstd 1 alone', 'packed', 'target', 'pack us', 'unpack us']));
const alone: Record<string, AloneFigures & { target: number; reached: boolean }> = {};
for (const topic of robotTopics) {
  const figures = measureAlone(robotMessages([topic], (Number(flags.messages) * 1000) / topic.rateHz, seed));
  const target = targets[topic.name];
  alone[topic.name] = { ...figures, target, reached: figures.packed <= target };
  const { rosbridgeJson, plain, zstd1, packed, packUs, unpackUs } = figures;
  say(row(topic.name, [rosbridgeJson, plain, zstd1, packed, target, packUs, unpackUs]));
}

const messages = robotMessages(robotTopics, durationMs, seed);
say(`all together, ${messages.length} messages in ${durationMs / 1000} s, at most ${flags.delay} ms added:`);
say(row('', ['bytes/message', 'messages/frame', 'bytes/s', 'mean ms', 'max ms']));
const together: Record<string, TogetherFigures> = {};
for (const path of [rosbridgePath, packedPath(Number(flags.delay)), agentPath]) {
  const figures = await measureTogether(path, messages, durationMs);
  together[path.name] = figures;
  const { bytesPerMessage, messagesPerFrame, bytesPerSecond, addedMeanMs, addedMaxMs } = figures;
  say(row(path.name, [bytesPerMessage, messagesPerFrame, bytesPerSecond, addedMeanMs, addedMaxMs]));
}
say('of that by type, bytes a message:');
const names = robotTopics.map(({ name }) => name);
say(row('', names));
for (const [path, { byType }] of Object.entries(together))
  say(
    row(
      path,
      names.map((name) => byType[name] ?? '-'),
    ),
  );
const allReached = Object.values(alone).every(({ reached }) => reached);
console.log(JSON.stringify({ bench: 'wire', alone, together, allReached }));

function row(name: string, values: readonly (string | number)[]): string {
  return `  ${name.padEnd(16)}${values.map((value) => String(value).padStart(15)).join('')}`;
}
