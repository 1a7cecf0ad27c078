// Loads a bundled page with what the Web has, and nothing of Node's own; ends when the page shows a robot.
import { readFileSync } from 'node:fs';

const { argv, exit, stdout } = process;
const code = readFileSync(argv[2], 'utf8');
const elements = { status: { textContent: '' }, robots: { textContent: '' } };
globalThis.document = {
  visibilityState: 'visible',
  getElementById: (id) => elements[id],
  addEventListener: () => undefined,
};
globalThis.location = { origin: argv[3] };
globalThis.addEventListener = () => undefined;
function look() {
  const { robots, status } = elements;
  if (robots.textContent === '') setTimeout(look, 20);
  else stdout.write(JSON.stringify([status.textContent, robots.textContent]), () => exit(0));
}
look();
// Names of Node's own are as unknown to it as to a page's script.
new Function('process', 'Buffer', 'global', 'require', 'module', 'setImmediate', code)();
