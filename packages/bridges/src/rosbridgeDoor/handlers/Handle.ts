import type { ClientOpName, OpOf } from '../ClientOp.ts';
import type { DoorReader } from '../DoorReader.ts';
import type { FrameArrival } from '../FrameArrival.ts';

/** Carries out one op of a client. What it throws is told to the client as a `status` with the op's ID. */
export type Handle<Name extends ClientOpName> = (reader: DoorReader, op: OpOf<Name>, arrival: FrameArrival) => void;
