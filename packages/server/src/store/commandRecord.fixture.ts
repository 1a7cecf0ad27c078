import type { CommandRecord } from './CommandRecord.ts';

/** A command for tests; what is not given is of no account. */
export const commandRecord = (given: Partial<CommandRecord> = {}): CommandRecord => ({
  order: 1,
  device: 'r1',
  id: 'c1',
  action: { kind: 'call', service: '/s', encoding: 'json' },
  issuer: 'local',
  fingerprint: 'f',
  deadlineMs: 5_000,
  token: 0,
  sequence: 0,
  times: { acceptedMs: 1_000 },
  state: 'accepted',
  ...given,
});
