import { isDeviceId } from '@longline/line';

/** The device ID of a robot whose config gives none: its host name, made valid. `robot` where nothing is left of it. */
export function hostDeviceId(hostName: string): string {
  const id = hostName
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 128);
  return isDeviceId(id) ? id : 'robot';
}
