import { LonglineError } from '@longline/ros';
import { z } from 'zod';
import { addPlainDevice } from './addPlainDevice.ts';
import { CliError } from '../errors.ts';
import { fittingTable } from '../format/fittingTable.ts';
import { ServerApi } from '../ServerApi.ts';
import type { Terminal } from '../Terminal.ts';
import type { ServerOptions } from '../withFleet.ts';

const permitSchema = z.object({
  device: z.string(),
  token: z.string(),
  expires: z.string(),
  serverUrl: z.string().optional(),
});
const keySchema = z.object({
  device: z.string(),
  fingerprint: z.string().optional(),
  joined: z.string().optional(),
  revoked: z.string().optional(),
  pendingUntil: z.string().optional(),
  plain: z.object({ unguarded: z.boolean(), created: z.string(), revoked: z.string().optional() }).optional(),
  cloned: z.object({ since: z.string(), boots: z.number() }).optional(),
});
type Key = z.infer<typeof keySchema>;
const keysSchema = z.object({ keys: z.array(keySchema) });
const devicesSchema = z.object({
  devices: z.array(z.object({ id: z.string(), online: z.boolean(), since: z.string() })),
});

const pathOf = (id: string, rest: string): string => `/api/v1/devices/${encodeURIComponent(id)}/${rest}`;
const isLocal = (url: string): boolean => /^https?:\/\/(localhost|127\.|\[::1\])/.test(url);

/** What `longline device add` may be told besides. */
export interface DeviceAddOptions extends ServerOptions {
  /** The device has no agent: it speaks rosbridge's JSON itself. */
  readonly plain?: boolean | undefined;
  /** It may be moved although no deadman on it stops it. */
  readonly unguarded?: boolean | undefined;
}

/** `longline device add ID`: prints the command with which the robot joins, or with --plain the token of a device without an agent. */
export async function deviceAdd(terminal: Terminal, id: string, options: DeviceAddOptions): Promise<void> {
  const { plain = false, unguarded = false } = options;
  const api = new ServerApi(terminal, options);
  if (plain) return addPlainDevice(terminal, api, id, { ...options, unguarded });
  if (unguarded)
    throw new CliError(
      'ARGUMENT_INVALID',
      'An agent has a deadman: --unguarded is for devices without one, with --plain.',
    );
  await permit(terminal, api, id, options);
}

/** `longline device rotate ID`: the same for one that has a key, which it keeps until the new one has joined. */
export async function deviceRotate(terminal: Terminal, id: string, options: ServerOptions): Promise<void> {
  const api = new ServerApi(terminal, options);
  const { keys } = keysSchema.parse(await api.get('/api/v1/keys'));
  if (keys.some(({ device, plain }) => device === id && plain !== undefined && plain.revoked === undefined)) {
    return addPlainDevice(terminal, api, id, options);
  }
  if (!keys.some(({ device, joined }) => device === id && joined !== undefined)) {
    throw new LonglineError('DEVICE_KEY_UNKNOWN', `${id} never joined this server. Let it: longline device add ${id}`);
  }
  await permit(terminal, api, id, options);
}

/** `longline device revoke ID`: the robot is let in no more. */
export async function deviceRevoke(terminal: Terminal, id: string, options: ServerOptions): Promise<void> {
  const answer = await new ServerApi(terminal, options).send('DELETE', pathOf(id, 'key'));
  await terminal.print(
    options.json === true
      ? `${JSON.stringify(answer)}\n`
      : `The key of ${id} is revoked: its line has ended, and it is let in no more. To let it join anew: longline device add ${id}\n`,
  );
}

/** `longline device ls`: robots with their keys, and those that may join. */
export async function deviceList(terminal: Terminal, options: ServerOptions): Promise<void> {
  const api = new ServerApi(terminal, options);
  const { keys } = keysSchema.parse(await api.get('/api/v1/keys'));
  const { devices } = devicesSchema.parse(await api.get('/api/v1/devices'));
  const seen = new Map(devices.map(({ id, online, since }) => [id, { online, since }]));
  if (options.json === true) {
    await terminal.print(`${JSON.stringify(keys.map((key) => ({ ...key, ...seen.get(key.device) })))}\n`);
    return;
  }
  if (keys.length === 0) {
    terminal.warn('No robot has joined this server yet. Let one: longline device add ID');
    return;
  }
  const rows = keys.map((key) => {
    const { online, since } = seen.get(key.device) ?? {};
    const presence = online === true ? 'online' : since === undefined ? 'never seen' : `offline since ${short(since)}`;
    return [key.device, key.fingerprint ?? (isPlain(key) ? 'token' : '-'), joinedWord(key), presence, word(key)];
  });
  await terminal.print(
    fittingTable(['DEVICE', 'KEY', 'JOINED', 'PRESENCE', 'STATE'], rows, {
      columns: terminal.isTty ? terminal.columns : Infinity,
      spare: ['JOINED', 'KEY'],
    }),
  );
}

async function permit(terminal: Terminal, api: ServerApi, id: string, { json }: ServerOptions): Promise<void> {
  const { device, token, expires, serverUrl } = permitSchema.parse(await api.send('POST', pathOf(id, 'join-token')));
  const url = serverUrl ?? new URL(api.url).origin;
  const command = `longline join ${url} --token ${token}`;
  if (json === true) {
    await terminal.print(`${JSON.stringify({ device, token, expires, url, command })}\n`);
    return;
  }
  terminal.warn(`Run this on ${device} as the user of its agent. It works once, until ${short(expires)}:`);
  await terminal.print(`${command}\n`);
  if (serverUrl === undefined && isLocal(url))
    terminal.warn(
      `On another machine write the address of this server there for ${url} (longline server --public-url tells it).`,
    );
}

/** What is to be known of it, the most urgent first. */
function word(key: Key): string {
  if (isPlain(key) && key.plain !== undefined) {
    const { revoked, unguarded } = key.plain;
    return `plain device${unguarded ? ', UNGUARDED' : ''}${revoked === undefined ? '' : `; revoked ${short(revoked)}`}`;
  }
  const { cloned, joined, pendingUntil, revoked } = key;
  const words = [
    ...(cloned === undefined ? [] : [`CLONED: ${cloned.boots} agents use it`]),
    ...(revoked === undefined ? [] : [`revoked ${short(revoked)}`]),
    ...(pendingUntil === undefined ? [] : [`may join until ${short(pendingUntil)}`]),
  ];
  if (words.length > 0) return words.join('; ');
  return joined === undefined ? 'join token ran out' : 'good';
}

const short = (iso: string): string => iso.replace(/\.\d+Z$/, 'Z');

/** Whether it is one now: an ID may have had an agent before, or have one since. */
const isPlain = ({ joined, pendingUntil, plain, revoked }: Key): boolean =>
  plain !== undefined &&
  (plain.revoked === undefined || (joined === undefined && pendingUntil === undefined)) &&
  (joined === undefined || revoked !== undefined);

function joinedWord(key: Key): string {
  const since = isPlain(key) ? key.plain?.created : key.joined;
  return since === undefined ? '-' : short(since);
}
