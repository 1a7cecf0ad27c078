import { readFile } from 'node:fs/promises';
import { isLockedDirectory } from '@longline/server';
import { stringifyExact } from '@longline/ros';
import { examineMachine } from '../doctor/examineMachine.ts';
import { findingLines } from '../doctor/findingLines.ts';
import { ThisMachine } from '../doctor/ThisMachine.ts';
import { CliError } from '../errors.ts';
import { UserCredentials } from '../login/UserCredentials.ts';
import type { Terminal } from '../Terminal.ts';

export interface DoctorOptions {
  readonly config?: string | undefined;
  readonly device?: string | undefined;
  readonly server?: string | undefined;
  readonly data?: string | undefined;
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  readonly ca?: string | undefined;
  readonly json?: boolean | undefined;
}

/** `longline doctor`: looks over this machine, and says what to do. Rejects with `DOCTOR_FOUND` where something fails. */
export async function doctor(terminal: Terminal, options: DoctorOptions): Promise<void> {
  const { ca, config, data, device, json, server, tlsCert, tlsKey } = options;
  const { env } = terminal;
  const findings = await examineMachine(new ThisMachine(env), {
    path: config,
    device,
    server: server ?? given(env['LONGLINE_SERVER']),
    token: given(env['LONGLINE_TOKEN']),
    credentials: new UserCredentials(env),
    data,
    tlsCert,
    tlsKey,
    ca: ca === undefined ? undefined : await authorities(ca),
    isLocked: isLockedDirectory,
  });
  await terminal.print(json === true ? `${stringifyExact({ findings })}\n` : findingLines(findings));
  const failed = findings.filter(({ level }) => level === 'fail').map(({ what }) => what);
  if (failed.length > 0) {
    throw new CliError('DOCTOR_FOUND', `Not all is well: ${failed.join(', ')}.`, { details: { failed } });
  }
}

async function authorities(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((): never => {
    throw new CliError('ARGUMENT_INVALID', `${path} cannot be read. Name a file of certificates in PEM.`);
  });
}

const given = (value: string | undefined): string | undefined =>
  value === undefined || value.trim() === '' ? undefined : value.trim();
