import { RosError } from '@longline/ros';
import type { Handler } from './Handler.ts';

/** Provided services are not carried out yet. */
export const serviceAdvertise: Handler<'service.advertise'> = () =>
  Promise.reject(new RosError('NOT_SUPPORTED', 'Services cannot be provided on this robot yet.'));
