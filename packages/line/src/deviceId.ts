import { LineError } from './errors.ts';

const shape = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** Whether a text is a device ID: 1 to 128 characters `A-Z a-z 0-9 . _ -`, starting with a letter or digit. */
export const isDeviceId = (text: string): boolean => shape.test(text);

/** Checks a device ID; an integer is taken as its decimal string. Throws `DEVICE_ID_INVALID`. */
export function parseDeviceId(id: unknown): string {
  const text = typeof id === 'number' && Number.isSafeInteger(id) ? String(id) : id;
  if (typeof text === 'string' && isDeviceId(text)) return text;
  throw new LineError(
    'DEVICE_ID_INVALID',
    `${JSON.stringify(id)} is not a device ID: write 1 to 128 of A-Z a-z 0-9 . _ - and start with a letter or digit.`,
  );
}
