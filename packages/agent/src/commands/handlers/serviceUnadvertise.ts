import { RosError } from '@longline/ros';
import type { Handler } from './Handler.ts';

/** Provided services are not carried out yet. */
export const serviceUnadvertise: Handler<'service.unadvertise'> = () =>
  Promise.reject(new RosError('NOT_SUPPORTED', 'Services cannot be provided on this robot yet.'));
