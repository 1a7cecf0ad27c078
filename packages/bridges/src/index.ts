export { MAX_FRAME_BYTES } from './rosbridge/BridgeSocket.ts';
export type { BridgeSocket, BridgeSocketListener, OpenBridgeSocket } from './rosbridge/BridgeSocket.ts';
export { openRosbridge } from './rosbridge/openRosbridge.ts';
export type { RosbridgeOptions } from './rosbridge/openRosbridge.ts';
export * from './door/index.ts';
