/** `localhost`, 127.0.0.0/8 and ::1, as a URL's `hostname` has them. */
const loopbackName = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Whether a request with this `Origin` may open a WebSocket that asks for no log-in: a program, which sends none; a page that this
 * machine serves itself; a page that is listed. Browsers let every page of the web open WebSockets to `localhost`, so without this any
 * page that is open beside the robot's could drive the robot. `null` is the origin of sandboxed frames, which any page can make.
 */
export function pageMayConnect(origin: string | undefined, listed: readonly string[] = []): boolean {
  if (origin === undefined || listed.includes(origin)) return true;
  if (!/^https?:\/\//.test(origin) || !URL.canParse(origin)) return false;
  return loopbackName.test(new URL(origin).hostname);
}
