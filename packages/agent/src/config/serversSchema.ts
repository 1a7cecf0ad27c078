import { z } from 'zod';
import { lineUrl } from './serverUrl.ts';

/** Most servers that an agent may be given. */
export const MAX_SERVERS = 8;

const what = `write an address, or a list of 1 to ${MAX_SERVERS}`;

/** One server, or a list of them, as addresses of their lines. */
export const serversSchema = z
  .union([z.string(), z.array(z.string()).min(1, what).max(MAX_SERVERS, what)], what)
  .transform((input, context): string[] => {
    const texts = typeof input === 'string' ? [input] : input;
    return texts.flatMap((text, index) => {
      const url = lineUrl(text);
      if (url !== undefined) return [url];
      const path = typeof input === 'string' ? [] : [index];
      context.addIssue({ code: 'custom', message: 'write ws://HOST:8080, wss://HOST, http:// or https://', path });
      return [];
    });
  });
