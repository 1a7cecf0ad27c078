import type { PlainContext } from '../PlainContext.ts';
import type { PlainOp, PlainOpName } from '../plainOp.ts';
import { advertise } from './advertise.ts';
import { advertiseService } from './advertiseService.ts';
import { callService } from './callService.ts';
import type { OpHandler } from './OpHandler.ts';
import { publish } from './publish.ts';
import { serviceResponse } from './serviceResponse.ts';
import { subscribe } from './subscribe.ts';
import { unadvertise } from './unadvertise.ts';
import { unadvertiseService } from './unadvertiseService.ts';
import { unsubscribe } from './unsubscribe.ts';

const nothing = (): void => undefined;

/** The handler of every operation that a plain device may send. */
const handlers: { readonly [Name in PlainOpName]: OpHandler<Name> } = {
  advertise,
  unadvertise,
  publish,
  subscribe,
  unsubscribe,
  advertise_service: advertiseService,
  unadvertise_service: unadvertiseService,
  service_response: serviceResponse,
  call_service: callService,
  set_level: nothing,
  status: nothing,
};

/** Takes one operation in. Throws what the device is told. */
export function handleOp(op: PlainOp, context: PlainContext): void {
  // Each handler takes the operation of its own name, which the table's type ensures; TypeScript cannot correlate the two.
  const handler = handlers[op.op] as OpHandler<PlainOpName>;
  handler(op, context);
}
