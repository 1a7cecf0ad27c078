import { emptyAnswer } from './Handler.ts';
import type { Handler } from './Handler.ts';

/** Ends a service that is provided from afar; it is no error when there is none. */
export const serviceUnadvertise: Handler<'service.unadvertise'> = ({ service }, _request, { provided }) => {
  provided.unadvertise(service);
  return Promise.resolve(emptyAnswer);
};
