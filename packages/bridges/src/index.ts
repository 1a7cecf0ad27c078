export { MAX_FRAME_BYTES } from './link/BridgeSocket.ts';
export type { BridgeSocket, BridgeSocketListener, OpenBridgeSocket } from './link/BridgeSocket.ts';
export { openRosbridge } from './rosbridge/openRosbridge.ts';
export type { RosbridgeOptions } from './rosbridge/openRosbridge.ts';
export * from './door/index.ts';
