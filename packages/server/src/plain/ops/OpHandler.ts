import type { PlainContext } from '../PlainContext.ts';
import type { OpOf, PlainOpName } from '../plainOp.ts';

/** Takes one kind of operation in. What it throws is told to the device as a status. */
export type OpHandler<Name extends PlainOpName> = (op: OpOf<Name>, context: PlainContext) => void;
