// A program: runs `longline topic echo -n 1` for each topic of a device, one after the other, and prints one JSON line
// per topic: {topic, text}. It runs the very command; in one process, because starting Node costs more than all the rest.
// Arguments: SERVER DEVICE TOPIC...
import { runCli } from '@longline/cli';

const [server = '', device = '', ...topics] = process.argv.slice(2);
for (const topic of topics) {
  let text = '';
  const code = await runCli(['topic', 'echo', device, topic, '-n', '1', '--server', server], {
    print: (part) => {
      text += part;
      return Promise.resolve();
    },
    warn: (line) => console.error(line),
    signal: new AbortController().signal,
    env: {},
    isTty: false,
    columns: 80,
    rows: 24,
    onHangUp: () => () => undefined,
    readInput: () => Promise.resolve(undefined),
    readKeys: () => undefined,
  });
  if (code !== 0) process.exitCode = code;
  console.log(JSON.stringify({ topic, text }));
}
