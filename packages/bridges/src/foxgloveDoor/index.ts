export { openFoxgloveDoor } from './openFoxgloveDoor.ts';
export type { FoxgloveDoorOptions } from './openFoxgloveDoor.ts';
export type { Capability } from './ServerOp.ts';
export { chooseFoxgloveSubprotocol, FOXGLOVE_SUBPROTOCOLS } from './subprotocols.ts';
export type { FoxgloveSubprotocol } from './subprotocols.ts';
