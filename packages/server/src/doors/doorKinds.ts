import type { DoorSession } from '@longline/bridges';
import type { DoorName, OpenDoor } from './Doors.ts';

const none: OpenDoor = (_robot, socket) => {
  queueMicrotask(() => socket.close(1013, 'NOT_SUPPORTED: this door is not there yet'));
  return closedSession;
};

const ignore = (): void => undefined;
const closedSession: DoorSession = {
  handleText: ignore,
  handleBinary: ignore,
  handlePong: ignore,
  handleWritable: ignore,
  handleClosed: ignore,
};

/** The protocols that doors speak. */
export const doorKinds: Readonly<Record<DoorName, OpenDoor>> = { rosbridge: none, foxglove: none };
