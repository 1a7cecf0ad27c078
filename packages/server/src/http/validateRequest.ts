import { validatorCompiler } from 'fastify-type-provider-zod';
import { ServerError } from '../errors.ts';

/**
 * Checks what came with a request against the route's schema. zod looks at the length of what should be a text or a list, whatever it
 * is, and throws where that is an object without a value: the client's fault, and no failure of the server.
 */
export const validateRequest: typeof validatorCompiler = (route) => {
  const validate = validatorCompiler(route);
  return (data: unknown) => {
    try {
      return validate(data);
    } catch (cause) {
      return { error: new ServerError('REQUEST_INVALID', 'The request has a length that is no number.', { cause }) };
    }
  };
};
