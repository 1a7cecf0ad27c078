import { timingSafeEqual } from 'node:crypto';
import { LineError } from '@longline/line';
import type { Clock } from '@longline/ros';
import { localAdministrator } from '../access/Principal.ts';
import type { Principal } from '../access/Principal.ts';
import { ServerError } from '../errors.ts';
import type { CredentialStore, TokenRecord } from './CredentialStore.ts';
import { FailureLimit } from './FailureLimit.ts';
import { principalOf } from './principalOf.ts';
import { refuseTokenInUrl } from './refuseTokenInUrl.ts';
import { secretHash } from './secretHash.ts';
import { TICKET_MS, Tickets } from './Tickets.ts';

/** What comes with a request or an upgrade. */
export interface Presented {
  /** The header of that name. */
  readonly authorization: string | undefined;
  /** Path and query, as they were sent. */
  readonly url: string;
  /** Of the client, behind the proxies that are trusted. */
  readonly address: string;
}

/** What an {@link Authenticator} is given. */
export interface AuthenticatorOptions {
  readonly store: Pick<CredentialStore, 'isLocked' | 'findToken' | 'tokens'>;
  readonly clock: Clock;
  /** Told of what was refused as wrong. Default: nobody. */
  readonly handleFailure?: ((address: string, code: string) => void) | undefined;
}

const bearer = /^bearer +(\S+) *$/i;
const token = /^ll_[\w-]{43}$/;

/** Says who asks, by the credentials that come with a request. Whether the server is locked is decided once, when this is made. */
export class Authenticator {
  /** Whether everybody must show credentials; else everybody is the local administrator. */
  readonly isLocked: boolean;
  /** Join tokens that are wrong count as well. */
  readonly failures: FailureLimit;
  readonly #store: AuthenticatorOptions['store'];
  readonly #clock: Clock;
  readonly #tickets: Tickets;
  readonly #handleFailure: (address: string, code: string) => void;

  constructor({ store, clock, handleFailure = () => undefined }: AuthenticatorOptions) {
    this.isLocked = store.isLocked;
    this.failures = new FailureLimit(clock);
    this.#store = store;
    this.#clock = clock;
    this.#tickets = new Tickets(clock);
    this.#handleFailure = handleFailure;
  }

  /**
   * Who sends a request. Throws `CREDENTIAL_NEEDED`, `TOKEN_UNKNOWN`, `TOKEN_EXPIRED`, `TOKEN_REVOKED`, `TOKEN_IN_URL`,
   * `TOO_MANY_FAILURES`.
   */
  authenticate(presented: Presented): Principal {
    const { address, authorization, url } = presented;
    refuseTokenInUrl(url);
    if (!this.isLocked) return localAdministrator;
    const secret = bearer.exec(authorization ?? '')?.[1];
    if (secret === undefined) throw credentialNeeded();
    const hash = secretHash(secret);
    const record = token.test(secret) ? this.#store.findToken(hash) : undefined;
    if (record === undefined || !isSame(hash, record.hash)) throw this.#failed(address, tokenUnknown());
    return this.#admit(record);
  }

  /** Who opens a WebSocket: as {@link authenticate}, or by a ticket in the query. Throws the same, and `TICKET_UNKNOWN`. */
  authenticateUpgrade(presented: Presented): Principal {
    const { address, authorization, url } = presented;
    const ticket = authorization === undefined ? ticketOf(url) : undefined;
    if (ticket === undefined || !this.isLocked) return this.authenticate(presented);
    refuseTokenInUrl(url);
    const id = this.#tickets.use(ticket);
    const record = id === undefined ? undefined : this.#store.tokens().find((known) => known.id === id);
    if (record === undefined) throw this.#failed(address, ticketUnknown());
    return this.#admit(record);
  }

  /** A ticket with which who asks opens one WebSocket. Throws `TOO_MANY_REQUESTS`. */
  issueTicket(principal: Principal): { readonly ticket: string; readonly expiresInMs: number } {
    return { ticket: this.#tickets.issue(principal.id), expiresInMs: TICKET_MS };
  }

  /** The token of a principal; undefined for the local administrator. */
  tokenOf(principal: Principal): TokenRecord | undefined {
    return this.#store.tokens().find(({ id }) => id === principal.id);
  }

  #admit(record: TokenRecord): Principal {
    const { name, expiresMs, revokedMs } = record;
    if (revokedMs !== undefined) throw tokenRevoked(name);
    if (expiresMs !== undefined && this.#nowMs() >= expiresMs) throw tokenExpired(name, expiresMs);
    return principalOf(record);
  }

  /** The error to answer with. */
  #failed(address: string, error: ServerError): ServerError {
    this.#handleFailure(address, error.code);
    this.failures.count(address);
    return error;
  }

  #nowMs(): number {
    return Number(this.#clock.wallNs() / 1_000_000n);
  }
}

const ticketOf = (url: string): string | undefined => {
  const start = url.indexOf('?');
  return start === -1 ? undefined : (new URLSearchParams(url.slice(start)).get('ticket') ?? undefined);
};

const isSame = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

const credentialNeeded = (): ServerError =>
  new ServerError(
    'CREDENTIAL_NEEDED',
    'This server is locked. Log in with "longline login", or send a token as "Authorization: Bearer ll_...".',
  );

const tokenUnknown = (): ServerError =>
  new ServerError(
    'TOKEN_UNKNOWN',
    'This server does not know the token: it is mistyped, or of another server. An administrator can make one with "longline token add".',
  );

const ticketUnknown = (): ServerError =>
  new ServerError(
    'TICKET_UNKNOWN',
    'The ticket was used already, is older than 30 s, or never was one. Get another with POST /api/v1/tickets.',
  );

const tokenRevoked = (name: string): ServerError =>
  new ServerError('TOKEN_REVOKED', `The token ${name} was revoked. Ask an administrator for a new one.`);

const tokenExpired = (name: string, expiresMs: number): LineError =>
  new LineError(
    'TOKEN_EXPIRED',
    `The token ${name} was valid until ${new Date(expiresMs).toISOString()}. Ask an administrator for a new one.`,
  );
