import { openFoxgloveDoor, openRosbridgeDoor } from '@longline/bridges';
import type { Capability } from '@longline/bridges';
import type { DoorName, OpenDoor } from './Doors.ts';

/** What only who may command robots is offered; who has it is still asked every time. */
const ofOperators: readonly Capability[] = ['clientPublish', 'services'];

/** The protocols that doors speak. */
export const doorKinds: Readonly<Record<DoorName, OpenDoor>> = {
  rosbridge: openRosbridgeDoor,
  foxglove: (robot, socket, { mayCommand, ...options }) =>
    openFoxgloveDoor(robot, socket, { ...options, withheld: mayCommand ? [] : ofOperators }),
};
