export { MAX_FRAME_BYTES } from './link/BridgeSocket.ts';
export type { BridgeSocket, BridgeSocketListener, OpenBridgeSocket } from './link/BridgeSocket.ts';
export { openRosbridge } from './rosbridge/openRosbridge.ts';
export type { RosbridgeOptions } from './rosbridge/openRosbridge.ts';
export * from './door/index.ts';
export * from './foxgloveDoor/index.ts';
export { serveFoxglove } from './serveFoxglove.ts';
export type { ServeFoxgloveOptions } from './serveFoxglove.ts';
