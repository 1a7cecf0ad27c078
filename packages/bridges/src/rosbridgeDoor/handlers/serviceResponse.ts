import type { Handle } from './Handle.ts';

export const serviceResponse: Handle<'service_response'> = ({ services }, op) => services.respond(op);
