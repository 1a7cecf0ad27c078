/** Where agents connect when the URL of the server has no path. */
export const LINE_PATH = '/api/v1/line';

const webSocketProtocols: Readonly<Record<string, string>> = {
  'ws:': 'ws:',
  'wss:': 'wss:',
  'http:': 'ws:',
  'https:': 'wss:',
};

/** The address of the line on a server named by `ws:`, `wss:`, `http:` or `https:`; undefined for anything else. */
export function lineUrl(server: string): string | undefined {
  const url = URL.parse(server);
  const protocol = webSocketProtocols[url?.protocol ?? ''];
  if (url === null || protocol === undefined || url.hostname === '') return undefined;
  const path = url.pathname === '/' ? LINE_PATH : url.pathname;
  const user = url.username === '' ? '' : `${url.username}:${url.password}@`;
  return `${protocol}//${user}${url.host}${path}${url.search}`;
}
