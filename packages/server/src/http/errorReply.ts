import type { FastifyError } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { isLonglineError } from '@longline/ros';
import type { LonglineError } from '@longline/ros';
import { ServerError } from '../errors.ts';
import { statusOf } from './statusOf.ts';

/** An error as a route answers it. */
export interface ErrorReply {
  readonly status: number;
  readonly error: LonglineError;
}

/** Gives whatever was thrown the one format of errors. What nobody foresaw is not told outside. */
export function errorReply(error: unknown): ErrorReply {
  // Where the server keeps its files is nobody's business.
  if (isLonglineError(error) && error.code !== 'STORE_UNUSABLE') return { status: statusOf(error.code), error };
  if (hasZodFastifySchemaValidationErrors(error))
    return { status: 400, error: validationError(error.validation, error.validationContext) };
  if (isFastifyError(error)) return fastifyErrorReply(error);
  return {
    status: 500,
    error: new ServerError('INTERNAL', 'The server failed at this request; its log says why.', { cause: error }),
  };
}

function validationError(
  issues: readonly { readonly instancePath: string; readonly message?: string | undefined }[],
  where: string | undefined,
): ServerError {
  const [issue] = issues;
  const field = (issue?.instancePath ?? '').slice(1).replaceAll('/', '.');
  const name = [where ?? 'request', field].filter((part) => part !== '').join('.');
  return new ServerError('REQUEST_INVALID', `${name}: ${issue?.message ?? 'is invalid'}. See /api/v1/openapi.json.`, {
    details: { field: name },
  });
}

function fastifyErrorReply(error: FastifyError): ErrorReply {
  const status = error.statusCode ?? 500;
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return { status, error: new ServerError('BODY_TOO_LARGE', 'The request body is too large. Send less at once.') };
  }
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    const message = 'The body must be JSON, with the header "content-type: application/json".';
    return { status, error: new ServerError('REQUEST_INVALID', message) };
  }
  if (status >= 400 && status < 500) {
    return { status, error: new ServerError('REQUEST_INVALID', `${error.message}. See /api/v1/openapi.json.`) };
  }
  return {
    status: 500,
    error: new ServerError('INTERNAL', 'The server failed at this request; its log says why.', { cause: error }),
  };
}

const isFastifyError = (error: unknown): error is FastifyError =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('FST_');
