import { getProxyForUrl } from 'proxy-from-env';
import { lineProxy } from './dialWebSocket.ts';

/** The HTTP proxy for a URL: the given one, else by `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` of the environment; undefined without. */
export const findProxy = (url: string, configured?: string): string | undefined =>
  lineProxy(url, configured, getProxyForUrl);
