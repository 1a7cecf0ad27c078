import { jsonAnswer } from './Handler.ts';
import type { Handler } from './Handler.ts';

/** Stops outputs and keeps them stopped: no lease, no permission and no deadline is asked for. Answers what became of each. */
export const stop: Handler<'stop'> = async ({ outputs }, request, { deadman }) =>
  jsonAnswer(await deadman.stop(request.header.issuer, outputs));
