import type { ClientOp } from '../ClientOp.ts';
import type { DoorReader } from '../DoorReader.ts';
import type { FrameArrival } from '../FrameArrival.ts';
import { actionFeedback } from './actionFeedback.ts';
import { actionResult } from './actionResult.ts';
import { advertise } from './advertise.ts';
import { advertiseAction } from './advertiseAction.ts';
import { advertiseService } from './advertiseService.ts';
import { auth } from './auth.ts';
import { callService } from './callService.ts';
import { cancelActionGoal } from './cancelActionGoal.ts';
import { publish } from './publish.ts';
import { sendActionGoal } from './sendActionGoal.ts';
import { serviceResponse } from './serviceResponse.ts';
import { setLevel } from './setLevel.ts';
import { status } from './status.ts';
import { subscribe } from './subscribe.ts';
import { unadvertise } from './unadvertise.ts';
import { unadvertiseAction } from './unadvertiseAction.ts';
import { unadvertiseService } from './unadvertiseService.ts';
import { unsubscribe } from './unsubscribe.ts';

/** Every op but `fragment`, which is put together before. Throws what the op is refused with. */
export function handleOp(reader: DoorReader, op: Exclude<ClientOp, { op: 'fragment' }>, arrival: FrameArrival): void {
  switch (op.op) {
    case 'advertise':
      return advertise(reader, op, arrival);
    case 'unadvertise':
      return unadvertise(reader, op, arrival);
    case 'publish':
      return publish(reader, op, arrival);
    case 'subscribe':
      return subscribe(reader, op, arrival);
    case 'unsubscribe':
      return unsubscribe(reader, op, arrival);
    case 'call_service':
      return callService(reader, op, arrival);
    case 'advertise_service':
      return advertiseService(reader, op, arrival);
    case 'unadvertise_service':
      return unadvertiseService(reader, op, arrival);
    case 'service_response':
      return serviceResponse(reader, op, arrival);
    case 'send_action_goal':
      return sendActionGoal(reader, op, arrival);
    case 'cancel_action_goal':
      return cancelActionGoal(reader, op, arrival);
    case 'advertise_action':
      return advertiseAction(reader, op, arrival);
    case 'unadvertise_action':
      return unadvertiseAction(reader, op, arrival);
    case 'action_feedback':
      return actionFeedback(reader, op, arrival);
    case 'action_result':
      return actionResult(reader, op, arrival);
    case 'set_level':
      return setLevel(reader, op, arrival);
    case 'status':
      return status(reader, op, arrival);
    case 'auth':
      return auth(reader, op, arrival);
  }
}
