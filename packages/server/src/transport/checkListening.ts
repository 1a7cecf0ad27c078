import { ServerError } from '../errors.ts';
import { isLoopback } from './networkAddress.ts';

/** How a server is to be reached. */
export interface ListenPlan {
  readonly host: string;
  /** Whether it has credentials. */
  readonly locked: boolean;
  readonly dataDir: string | undefined;
  readonly tls: boolean;
  readonly behindProxy: boolean;
  readonly publicUrl: URL | undefined;
  readonly unlockedNetwork: boolean;
}

/**
 * Lets a server leave its machine only where everybody is asked who they are, over TLS. Throws `ADDRESS_NOT_LOOPBACK`,
 * `OPTION_INVALID`.
 */
export function checkListening(plan: ListenPlan): void {
  const { behindProxy, dataDir = 'DIR', host, locked, publicUrl, tls, unlockedNetwork } = plan;
  const init = `longline init --data ${dataDir}`;
  if (behindProxy && publicUrl === undefined) {
    throw invalid(
      '--behind-proxy needs --public-url, the address under which the proxy is reached, like --public-url https://fleet.example.com.',
    );
  }
  if (behindProxy && !locked && !unlockedNetwork) {
    throw invalid(
      `The server has no credentials, and behind a proxy whoever reaches that commands every robot. Run: ${init} Then start the server again with --data ${dataDir}.`,
    );
  }
  if (isLoopback(host) || unlockedNetwork) return;
  if (!locked) {
    throw new ServerError(
      'ADDRESS_NOT_LOOPBACK',
      `The server does not listen on ${host}: it has no credentials, so anybody on that network could command the robots. ` +
        `Run: ${init} Then start it with --data ${dataDir} and either --tls-cert FILE --tls-key FILE or --behind-proxy ADDRESS --public-url URL. ` +
        'Or listen on 127.0.0.1, or use --unlocked-network on a closed test network.',
      { details: { host } },
    );
  }
  if (tls || (behindProxy && publicUrl?.protocol === 'https:')) return;
  throw new ServerError(
    'ADDRESS_NOT_LOOPBACK',
    `The server does not listen on ${host} without TLS: tokens and commands would travel in the clear. ` +
      'Start it with --tls-cert FILE --tls-key FILE, or behind a proxy that has them: --behind-proxy ADDRESS --public-url https://NAME.',
    { details: { host } },
  );
}

/** Where people and robots reach the server: `https://fleet.example.com`. Throws `OPTION_INVALID`. */
export function parsePublicUrl(text: string): URL {
  const url = /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.pathname !== '/' || url.search + url.hash + url.username + url.password !== '') {
    throw invalid(
      `--public-url ${JSON.stringify(text.slice(0, 255))} is no address of a server. Give scheme and name alone, like https://fleet.example.com or https://fleet.example.com:8443.`,
    );
  }
  return url;
}

const invalid = (sentence: string): ServerError => new ServerError('OPTION_INVALID', sentence);
