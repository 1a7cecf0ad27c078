import type { ClientOp } from './ClientOp.ts';

const writesParameter = /^\/?rosapi\/(?:set|delete)_param$/;
const readsRosapi = /^\/?rosapi\//;

/** Whether an op does something to the robot, or may be a part of one that does, so that it matters how old it is. */
export function isCommand(op: ClientOp): boolean {
  switch (op.op) {
    case 'publish':
    case 'send_action_goal':
    case 'cancel_action_goal':
    case 'fragment':
      return true;
    case 'call_service':
      return !readsRosapi.test(op.service) || writesParameter.test(op.service);
    case 'advertise':
    case 'unadvertise':
    case 'subscribe':
    case 'unsubscribe':
    case 'advertise_service':
    case 'unadvertise_service':
    case 'service_response':
    case 'advertise_action':
    case 'unadvertise_action':
    case 'action_feedback':
    case 'action_result':
    case 'set_level':
    case 'status':
    case 'auth':
      return false;
  }
}
