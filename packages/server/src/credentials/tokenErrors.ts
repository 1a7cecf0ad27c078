import { ServerError } from '../errors.ts';

export const nameInvalid = (name: string): ServerError =>
  new ServerError(
    'REQUEST_INVALID',
    `${JSON.stringify(name.slice(0, 64))} cannot be a token's name. Use 1 to 64 letters, digits and . _ @ - (and not "local").`,
  );

export const nameTaken = (name: string): ServerError =>
  new ServerError('TOKEN_NAME_TAKEN', `There is a token ${name} already. Choose another name, or revoke that one.`);

export const tokenNameUnknown = (name: string): ServerError =>
  new ServerError(
    'TOKEN_NAME_UNKNOWN',
    `There is no token ${name.slice(0, 64)}. "longline token ls" lists those there are.`,
  );

export const tokenLimit = (max: number): ServerError =>
  new ServerError('TOO_MANY_REQUESTS', `There are ${max} tokens, and no more can be made. Revoke some.`);

export const lastAdministrator = (name: string): ServerError =>
  new ServerError(
    'LAST_ADMINISTRATOR',
    `${name} is the only token left that may manage tokens. Make another administrator first.`,
  );
