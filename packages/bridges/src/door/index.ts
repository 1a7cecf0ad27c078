export { bindDoorSocket } from './bindDoorSocket.ts';
export type { BindDoorOptions } from './bindDoorSocket.ts';
export type { ChannelListener, ChannelSource } from './ChannelSource.ts';
export type { CommandAge, DoorCall, DoorMessage, DoorOutputs, DoorRobot } from './DoorRobot.ts';
export type { DoorSession, DoorSocket } from './DoorSocket.ts';
export { FrameAge } from './FrameAge.ts';
export { ReaderQueue } from './ReaderQueue.ts';
export type { QueueSlot } from './ReaderQueue.ts';
