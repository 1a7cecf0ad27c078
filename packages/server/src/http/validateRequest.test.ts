import { fastify } from 'fastify';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { errorReply } from './errorReply.ts';
import { validateRequest } from './validateRequest.ts';

test('a body whose lengths are objects without a value is the fault of the client', async () => {
  const app = fastify();
  app.setValidatorCompiler(validateRequest);
  app.setErrorHandler((thrown, _request, reply) => {
    const { status, error } = errorReply(thrown);
    void reply.code(status).send({ code: error.code });
  });
  const body = z.object({ names: z.array(z.string()).max(2) });
  app.post('/', { schema: { body } }, (_request, reply) => reply.send({}));
  const post = (names: unknown) => app.inject({ method: 'POST', url: '/', payload: { names } });
  expect((await post(['a'])).statusCode).toBe(200);
  for (const names of ['a', ['a', 'b', 'c'], { length: { toString: 1, valueOf: 1 } }]) {
    const { statusCode, body: answer } = await post(names);
    expect({ statusCode, answer }).toEqual({ statusCode: 400, answer: '{"code":"REQUEST_INVALID"}' });
  }
  await app.close();
});
