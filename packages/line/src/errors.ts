import { LonglineError } from '@longline/ros';

/**
 * Codes of the line and the WebSocket close code that carries each (docs/protocol.md, clause 10). Close codes 44xx and
 * 45xx mirror HTTP.
 */
export const lineCloseCodes = {
  ACCESS_REVOKED: 4401,
  DEVICE_KEY_NEEDED: 4401,
  DEVICE_KEY_REVOKED: 4401,
  DEVICE_KEY_UNKNOWN: 4401,
  DEVICE_ID_INVALID: 4400,
  DEVICE_LIMIT: 4429,
  FRAME_MALFORMED: 4400,
  FRAME_TOO_LARGE: 4413,
  FRAME_UNEXPECTED: 4405,
  HELLO_TIMEOUT: 4408,
  INTERNAL: 4500,
  LIMIT_EXCEEDED: 4429,
  LINE_CLOSED: 1000,
  LINE_REPLACED: 4409,
  LINE_SILENT: 4408,
  LINE_UNKNOWN: 4404,
  RIGHTS_CHANGED: 4403,
  SERVER_STOPPING: 4503,
  SERVER_UNEXPECTED: 4421,
  SIGNATURE_INVALID: 4401,
  TOKEN_EXPIRED: 4401,
} as const;

/** Codes that replies made on this side carry besides those (clause 5.4). */
export const replyErrorCodes = ['REPLY_MISSING'] as const;

export type LineErrorCode = keyof typeof lineCloseCodes;

/** The line ended, or refused something. */
export class LineError extends LonglineError<LineErrorCode> {
  override readonly name = 'LineError';
}

/** Why a line ended, as both ends know it. */
export interface LineClose {
  /** WebSocket close code; 1006 when the connection broke without one. */
  readonly closeCode: number;
  /** The stable code where the closing side gave one. */
  readonly code: string | undefined;
  readonly reason: string;
  /** What went wrong on this side, for its log; it is not told to the other. */
  readonly cause?: unknown;
}

/** The text of a close frame: `CODE: sentence`, cut to the 123 bytes that RFC 6455 (5.5) allows. */
export function closeReason(code: LineErrorCode, message: string): string {
  let text = `${code}: ${message}`;
  while (encoder.encode(text).length > 123) text = text.slice(0, -1);
  return text;
}

/** Reads a close frame written by {@link closeReason}; any other text is kept as the reason. */
export function parseClose(closeCode: number, reason: string): LineClose {
  const match = /^([A-Z][A-Z_]*): (.*)$/s.exec(reason);
  return match === null
    ? { closeCode, code: undefined, reason }
    : { closeCode, code: match[1], reason: match[2] ?? '' };
}

const encoder = new TextEncoder();
