import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** The server's sources without tests, by path. */
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !/\.test\.ts$|\.fixture\.ts$|^testing\//.test(path))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

/** Files outside of these rooms in which the pattern stands. */
const outside = (rooms: RegExp, pattern: RegExp): string[] =>
  sources
    .filter(({ path, text }) => !rooms.test(path) && pattern.test(text))
    .map(({ path }) => path)
    .sort();

test('doors have no fleet state: they see what a view shows', () => {
  const rooms = /^(?:access|fleet|commands|standing|motion|metrics|plain|provided)\//;
  // Agents and plain devices bring the state in; the gateway gives readers their views.
  expect(outside(rooms, /from '[^']*\/(?:FleetState|DeviceState)\.ts'/)).toEqual([
    'gateway/AgentSession.ts',
    'gateway/CloneAlarm.ts',
    'gateway/Gateway.ts',
    'startServer.ts',
  ]);
  expect(outside(/^access\//, /new (?:FleetView|DeviceView)\(/)).toEqual(['fleet/Fleet.ts', 'gateway/Gateway.ts']);
});

test('commands and the audit are read through what one principal sees of them', () => {
  expect(outside(/^(?:access|commands|standing|store)\//, /\bcommands\.(?:list|find|watch|cancel)\(/)).toEqual([]);
  expect(outside(/^(?:access|store)\//, /\baudit\.(?:list|entries)\(/)).toEqual([]);
});

test('who asks is said by the authenticator alone, and the local administrator is nobody’s default', () => {
  expect(outside(/^access\//, /\brequest\.principal = /)).toEqual(['http/addRoute.ts']);
  expect(outside(/^(?:access|credentials)\//, /\blocalAdministrator\b/)).toEqual([
    'gateway/Gateway.ts',
    'gateway/UpgradeAdmission.ts',
    'http/createApp.ts',
    'index.ts',
    'motion/Stops.ts',
    'startServer.ts',
  ]);
  expect(outside(/^credentials\//, /[^=]= localAdministrator\b/)).toEqual(['gateway/Gateway.ts']);
});

test('rights are asked where everybody passes', () => {
  expect(outside(/^(?:access|credentials)\//, /\bRights\.of\(/)).toEqual([
    'commands/RobotRequests.ts',
    'http/addRoute.ts',
  ]);
});
