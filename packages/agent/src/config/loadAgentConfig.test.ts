import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hostDeviceId } from './hostDeviceId.ts';
import { loadAgentConfig } from './loadAgentConfig.ts';
import { parseAgentConfig } from './parseAgentConfig.ts';
import { lineUrl } from './serverUrl.ts';
import { stateFolder } from './stateFolder.ts';

test('an empty config is complete: everything has its default', async () => {
  const { device, ...rest } = await loadAgentConfig();
  expect(device).toMatch(/^[A-Za-z0-9]/);
  expect(rest).toEqual({
    server: ['ws://localhost:8080/api/v1/line'],
    robot: 'ros1://localhost:11311',
    topics: [{ match: '/**', send: true }],
    allow: { publish: [], call: [], setParameters: [], provide: [] },
    motion: { byType: true, implicitLease: false, outputs: [] },
    outbox: { maxBytes: 64 * 1024 * 1024, queueDepth: 100 },
    line: { silenceMs: 3_000 },
  });
});

test('a whole config is read from a file, flags go over it, and a config read once is read the same again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'agent-config-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'agent.yaml');
  await writeFile(
    path,
    `device: 1722
server: [https://fleet.example.com, 'ws://10.0.0.2:8080']
robot: rosbridge://robot:9090
topics:
  - match: /camera/**
    lane: bulk
    delivery: queue
    rateHz: 5
  - match: /rosout*
    send: false
  - match: '/**'
allow:
  publish: [/turtle1/cmd_vel]
  call: ['/turtle1/teleport_*']
motion:
  outputs:
    - topic: /turtle1/cmd_vel
      maxRateHz: 20
      limits: [{ field: linear.x, min: -1, max: 1, beyond: clamp }]
      stop: [zeros, { lock: /pause }, { call: /stop_motors }]
stateDir: /var/lib/longline
proxy: http://proxy:3128
`,
  );
  const config = await loadAgentConfig({ path, overrides: { robot: 'turtlesim:' } });
  expect(config).toMatchObject({
    device: '1722',
    server: ['wss://fleet.example.com/api/v1/line', 'ws://10.0.0.2:8080/api/v1/line'],
    robot: 'turtlesim:',
    topics: [
      { match: '/camera/**', send: true, lane: 'bulk', delivery: 'queue', rateHz: 5 },
      { match: '/rosout*', send: false },
      { match: '/**', send: true },
    ],
    allow: { publish: ['/turtle1/cmd_vel'], call: ['/turtle1/teleport_*'], setParameters: [], provide: [] },
    motion: {
      byType: true,
      implicitLease: false,
      outputs: [
        {
          topic: '/turtle1/cmd_vel',
          timeoutMs: 500,
          maxRateHz: 20,
          limits: [{ field: 'linear.x', min: -1, max: 1, beyond: 'clamp' }],
          stop: [
            'zeros',
            { publish: '/pause', type: 'std_msgs/Bool', message: { data: true }, release: { data: false } },
            { call: '/stop_motors', request: {} },
          ],
        },
      ],
    },
    stateDir: '/var/lib/longline',
    proxy: 'http://proxy:3128',
  });
  expect(parseAgentConfig(config)).toEqual(config);
});

const bad: readonly (readonly [what: string, yaml: string, ...messages: string[]])[] = [
  ['no YAML', 'a: [1', 'is not YAML: line 1'],
  ['a list', '- a', 'must hold keys with values'],
  ['an unknown key', 'device: a\nsrever: ws://x', 'srever (line 2)', 'the keys here are device, server, robot'],
  ['an unknown key within', 'allow:\n  publsh: []', 'allow.publsh (line 2)', 'publish, call, setParameters'],
  [
    'an unknown key of a rule',
    "topics:\n  - match: '/**'\n    rate: 5",
    'topics[0].rate (line 3)',
    'match, type, send, lane',
  ],
  ['a bad device ID', 'device: "-x"', 'device (line 1)', '1 to 128'],
  ['a server without scheme', 'server: fleet.example.com', 'server (line 1)', 'ws://HOST:8080'],
  ['one of several servers without scheme', 'server:\n  - ws://a\n  - b', 'server[1] (line 3)', 'ws://HOST:8080'],
  ['no server', 'server: []', 'server (line 1)', 'a list of 1 to 8'],
  ['a number for the server', 'server: 5', 'server (line 1)', 'write an address'],
  ['a silence too short', 'line: {silenceMs: 5}', 'line.silenceMs (line 1)', '500'],
  ['a robot of no known kind', 'robot: foo://x', 'there is no scheme foo:', 'ros1://HOST:11311'],
  ['a robot for later versions', 'robot: "ros2:"', 'This version has no robots at ros2:'],
  ['a pattern that is none', 'allow:\n  publish:\n    - cmd_vel', 'allow.publish[0] (line 3)', 'must begin with "/"'],
  [
    'a lane that is none',
    "topics:\n  - match: '/**'\n    lane: fast",
    'topics[0].lane (line 3)',
    'state, telemetry, bulk; it is "fast"',
  ],
  ['delivery of later versions', "topics: [{match: '/**', delivery: stored}]", '"stored" is not available', 'latest'],
  ['an age bound on latest', "topics: [{match: '/**', delivery: latest, maxAgeMs: 5}]", 'topics[0].maxAgeMs', 'queue'],
  ['a type that is none', "topics: [{match: '/**', type: Image}]", 'topics[0].type (line 1)', 'sensor_msgs/Image'],
  ['a demand that is none', "topics: [{match: '/**', demand: no}]", 'topics[0].demand', 'always, watched'],
  ['a rate of zero', "topics: [{match: '/**', rateHz: 0}]", 'topics[0].rateHz (line 1)', '0.001'],
  ['a rule without a match', 'topics: [{lane: bulk}]', 'topics[0].match (line 1): it is missing; write text'],
  [
    'text for a list',
    'allow: {publish: /cmd_vel}',
    'allow.publish (line 1): write a list, like [a, b]; it is "/cmd_vel"',
  ],
  ['text for a number', "topics: [{match: '/**', rateHz: fast}]", 'rateHz (line 1): write a number; it is "fast"'],
  ['a list for the device', 'device: [a]', 'device (line 1): write text or a whole number'],
  ['a key twice', 'device: a\ndevice: b', 'line 2'],
  ['an outbox too small', 'outbox: {maxBytes: 5}', 'outbox.maxBytes', '1048576'],
  ['a budget too small', 'budget: {bytesPerDay: 100}', 'budget.bytesPerDay (line 1)', '1048576'],
  [
    'an output without a name',
    'motion: {outputs: [{timeoutMs: 500}]}',
    'motion.outputs[0] (line 1)',
    'write one of topic',
  ],
  [
    'an output with two names',
    'motion: {outputs: [{topic: /a, service: /b}]}',
    'motion.outputs[0]',
    'write one of topic',
  ],
  ['a timeout too short', 'motion: {outputs: [{topic: /a, timeoutMs: 5}]}', 'motion.outputs[0].timeoutMs', '100'],
  [
    'zeros for a service',
    'motion: {outputs: [{service: /a, stop: [zeros]}]}',
    'outputs[0].stop',
    'zeros stop topics only',
  ],
  ['a stop that is none', 'motion: {outputs: [{topic: /a, stop: [brake]}]}', 'outputs[0].stop[0]', 'write zeros'],
  ['a rate below the timeout', 'motion: {outputs: [{topic: /a, maxRateHz: 2}]}', 'outputs[0].maxRateHz', 'two orders'],
  ['a limit that bounds nothing', 'motion: {outputs: [{topic: /a, limits: [{field: x}]}]}', 'limits[0]', 'min, max'],
  [
    'a limit upside down',
    'motion: {outputs: [{topic: /a, limits: [{field: x, min: 1, max: 0}]}]}',
    'limits[0]',
    'above',
  ],
  [
    'the list of earlier versions',
    'motion: {topics: [/a]}',
    'motion.topics (line 1)',
    'byType, implicitLease, outputs',
  ],
  ['a relative state folder', 'stateDir: state', 'stateDir (line 1)', 'absolute path'],
  ['a proxy that is none', 'proxy: socks5://x', 'proxy (line 1)', 'http://HOST:PORT'],
];
test.each(bad)('refused with its place and remedy: %s', async (_what, yaml, ...messages) => {
  const error: unknown = await loadAgentConfig({ text: yaml }).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
  for (const message of messages) expect(String(error)).toContain(message);
});

test('a file that is not there and a bad flag are told apart from the file', async () => {
  await expect(loadAgentConfig({ path: '/nowhere/agent.yaml' })).rejects.toThrow(
    '/nowhere/agent.yaml cannot be read: there is no such file.',
  );
  await expect(loadAgentConfig({ text: 'device: ok', overrides: { device: '/' } })).rejects.toThrow(
    'device (given on the command line)',
  );
});

test('host names become device IDs', () => {
  expect(hostDeviceId('robot-1.local')).toBe('robot-1.local');
  expect(hostDeviceId('_Müller’s PC')).toBe('M-ller-s-PC');
  expect(hostDeviceId('…')).toBe('robot');
});

test('the address of the line comes from any address of the server', () => {
  expect(lineUrl('http://a:8080')).toBe('ws://a:8080/api/v1/line');
  expect(lineUrl('wss://a/b/line?x=1')).toBe('wss://a/b/line?x=1');
  expect(lineUrl('https://u:p@a/')).toBe('wss://u:p@a/api/v1/line');
  expect(lineUrl('ftp://a')).toBeUndefined();
  expect(lineUrl('localhost:8080')).toBeUndefined();
});

test('the state folder is what the config says, what systemd says, or in the home folder, one for each device', () => {
  const env = { STATE_DIRECTORY: '/var/lib/a:/var/lib/b', XDG_STATE_HOME: '/x' };
  expect(stateFolder({ device: 'r1', stateDir: '/s' }, env, '/home/u')).toBe('/s');
  expect(stateFolder({ device: 'r1' }, env, '/home/u')).toBe('/var/lib/a');
  expect(stateFolder({ device: 'r1' }, { XDG_STATE_HOME: '/x' }, '/home/u')).toBe('/x/longline/r1');
  expect(stateFolder({ device: 'r1' }, {}, '/home/u')).toBe('/home/u/.local/state/longline/r1');
});

test.each([
  ['an alias of nothing', 'device: *x'],
  ['aliases without end', `a: &a [x, x]\nb: &b [*a]\nc: [${'*b, '.repeat(200)}]`],
  ['a length that is no number', 'server: {length: {toString: 1, valueOf: 1}}'],
])('%s is a refusal like every other', async (_what, text) => {
  await expect(loadAgentConfig({ text })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});
