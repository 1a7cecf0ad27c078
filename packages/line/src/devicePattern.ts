import { RosError } from '@longline/ros';
import { isDeviceId } from './deviceId.ts';

/** Which devices are meant: one, or all whose ID matches. */
export interface DeviceSelection {
  /** The one device, where the text was an ID. */
  readonly deviceId?: string | undefined;
  matchesDevice(id: string): boolean;
}

const legal = /^[A-Za-z0-9._*-]{1,256}$/;

/**
 * Reads a device ID or a pattern in which `*` is any text: `*` is every device, `truck-*` all that begin so. Matching
 * takes linear time. Throws `PATTERN_INVALID`.
 */
export function devicePattern(text: string): DeviceSelection {
  if (isDeviceId(text)) return { deviceId: text, matchesDevice: (id) => id === text };
  if (!legal.test(text) || !text.includes('*')) {
    throw new RosError(
      'PATTERN_INVALID',
      `${JSON.stringify(text.slice(0, 80))} is neither a device ID nor a pattern. Write an ID, or * for any text in one.`,
      { details: { pattern: text.slice(0, 256) } },
    );
  }
  const parts = text.split('*');
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  const inner = parts.slice(1, -1);
  return {
    matchesDevice(id) {
      if (id.length < first.length + last.length || !id.startsWith(first) || !id.endsWith(last)) return false;
      let at = first.length;
      for (const part of inner) {
        const found = id.indexOf(part, at);
        if (found < 0) return false;
        at = found + part.length;
      }
      return at <= id.length - last.length;
    },
  };
}
