import { RosError } from '@longline/ros';
import type { Handle } from './Handle.ts';

/** ROS 1's rosauth shares one secret among all clients; this door knows its readers before they are connected. */
export const auth: Handle<'auth'> = () => {
  throw new RosError(
    'NOT_SUPPORTED',
    'The op auth (rosauth) is not used here: log in with a ticket in the URL (?ticket=...) or with the header "Authorization: Bearer ...".',
  );
};
