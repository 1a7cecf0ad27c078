import { stringifyExact } from '@longline/ros';
import type { OpHandler } from './OpHandler.ts';

/** The one service that a device finds here: the time, for those that have no clock. */
const timeService = /^\/?rosapi\/get_time$/;

/** A call by the device. */
export const callService: OpHandler<'call_service'> = ({ service, id }, { nowNs, sender }) => {
  const answer = { op: 'service_response', service, ...(id === undefined ? {} : { id }) };
  if (!timeService.test(service)) {
    const values = `NOT_SUPPORTED: a plain device finds only /rosapi/get_time here, no ${service}.`;
    sender.send(stringifyExact({ ...answer, values, result: false }));
    return;
  }
  const now = nowNs();
  const time = { secs: Number(now / 1_000_000_000n), nsecs: Number(now % 1_000_000_000n) };
  sender.send(stringifyExact({ ...answer, values: { time }, result: true }));
};
