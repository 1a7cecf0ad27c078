/** Why a connection did not come about, as a WebSocket would say it when it closes. */
export interface Refusal {
  /** 4401 where the credentials are not taken; 1006 where nothing was heard. */
  readonly closeCode: number;
  /** `CODE: sentence`. */
  readonly reason: string;
}

/** A ticket, or why there is none. */
export type TicketAnswer =
  | { readonly ticket: string; readonly refusal?: undefined }
  | { readonly ticket?: undefined; readonly refusal?: Refusal | undefined };

/** What {@link requestTicket} is given. */
export interface TicketRequest {
  /** The WebSocket that it is for. */
  readonly target: string;
  /** Undefined: only to hear what is said then. */
  readonly token: string | undefined;
  readonly fetch: typeof globalThis.fetch;
  readonly signal: AbortSignal;
}

/** So long the server may take, in milliseconds. */
const TIMEOUT_MS = 10_000;

/** Gets a ticket for one WebSocket, `POST /api/v1/tickets` (clause 2.9). Does not reject; without an answer there is no refusal either. */
export async function requestTicket({ target, token, fetch, signal }: TicketRequest): Promise<TicketAnswer> {
  try {
    const response = await fetch(new URL('tickets', target.replace(/^ws/, 'http')), {
      method: 'POST',
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const answer: unknown = await response.json();
    if (response.ok) return { ticket: textOf(answer, 'ticket') };
    const code = textOf(answer, 'code');
    // A token that stood in the address must be exchanged, like one that is not known.
    const closeCode = 4_000 + (code === 'TOKEN_IN_URL' ? 401 : response.status);
    return { refusal: { closeCode, reason: `${code}: ${textOf(answer, 'message')}` } };
  } catch {
    return {};
  }
}

/** Throws where it has no such text. */
function textOf(answer: unknown, name: string): string {
  const value: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, name) : undefined;
  if (typeof value !== 'string') throw new TypeError(`there is no ${name}`);
  return value;
}
