import { isIP } from 'node:net';
import { fail, ok, warn, why } from './Finding.ts';
import type { Finding } from './Finding.ts';
import type { HttpAnswer, Machine } from './Machine.ts';

const LINE_PATH = '/api/v1/line';
const DAY_MS = 86_400_000;
/** A certificate that ends sooner is spoken of, in days. */
const CERTIFICATE_DAYS = 14;
/** What the Date header cannot tell, in milliseconds: it has whole seconds. */
const DATE_ERROR_MS = 500;
const CLOCK_WARN_MS = 1_000;

export interface ServerQuestion {
  /** `http:`, `https:`, `ws:` or `wss:`; the path does not count. */
  readonly url: string;
  /** PEM text of authorities to trust instead of the system's. */
  readonly ca?: string | undefined;
  /** The way there leads through it. */
  readonly proxy?: string | undefined;
}

/** Whether a server can be reached, step by step: the first that fails is the last that is tried. */
export async function checkServer(machine: Machine, { ca, proxy, url: text }: ServerQuestion): Promise<Finding[]> {
  const url = URL.parse(text.replace(/^ws/, 'http'));
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return [fail('server', `${text} is no address of a server`, 'Write https://HOST or http://HOST:PORT.')];
  }
  if (proxy !== undefined) {
    const advice =
      'Look with `curl -x` through the proxy whether /readyz answers there; it must allow WebSockets (CONNECT).';
    return [
      warn(
        'server',
        `${url.origin} is reached through the proxy ${withoutSecrets(proxy)}, which is not looked through`,
        advice,
      ),
    ];
  }
  const findings: Finding[] = [];
  const steps = [checkName, checkTcp, checkCertificate, checkReady, checkUpgrade];
  for (const step of steps) {
    const found = await step(machine, url, ca);
    findings.push(...found);
    if (found.some(({ level }) => level === 'fail')) break;
  }
  return findings;
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');
const portOf = (url: URL): number => Number(url.port) || (url.protocol === 'https:' ? 443 : 80);

async function checkName(machine: Machine, url: URL): Promise<Finding[]> {
  const host = hostOf(url);
  if (isIP(host) !== 0) return [];
  try {
    return [ok('name', `${host} is ${(await machine.resolve(host)).join(', ')}`)];
  } catch (error) {
    return [
      fail(
        'name',
        `${host} has no address: ${why(error)}`,
        "Correct the name, or this machine's DNS (/etc/resolv.conf, /etc/hosts).",
      ),
    ];
  }
}

async function checkTcp(machine: Machine, url: URL): Promise<Finding[]> {
  const where = `${hostOf(url)} port ${portOf(url)}`;
  try {
    await machine.connect(hostOf(url), portOf(url));
    return [ok('tcp', `${where} answers`)];
  } catch (error) {
    return [
      fail(
        'tcp',
        `${where} does not: ${why(error)}`,
        "Is the server running, and the port open in its firewall and in this network's?",
      ),
    ];
  }
}

async function checkCertificate(machine: Machine, url: URL, ca?: string): Promise<Finding[]> {
  const host = hostOf(url);
  if (url.protocol === 'http:') {
    if (host === 'localhost' || host === '::1' || host.startsWith('127.')) return [];
    return [
      warn(
        'tls',
        `${url.origin} is not encrypted: tokens and data can be read on the way`,
        'Give the server --tls-cert and --tls-key, or put it behind a proxy with TLS, and write https://.',
      ),
    ];
  }
  try {
    const { distrust, expiresMs } = await machine.certificate(host, portOf(url), ca);
    const days = Math.floor((expiresMs - machine.wallMs()) / DAY_MS);
    if (distrust !== undefined) return [fail('certificate', distrust, certificateAdvice(host, days, ca))];
    if (days < CERTIFICATE_DAYS)
      return [
        warn(
          'certificate',
          `good for ${host}, for ${days} more days`,
          'Renew it; the server takes new files by itself.',
        ),
      ];
    return [ok('certificate', `good for ${host}, for ${days} more days`)];
  } catch (error) {
    return [
      fail('tls', `no TLS at ${url.host}: ${why(error)}`, 'Is it an http:// server, or another program on that port?'),
    ];
  }
}

const certificateAdvice = (host: string, days: number, ca?: string): string =>
  days < 0
    ? 'Renew the certificate; then compare the clocks of both machines.'
    : `Use a certificate for ${host} of an authority that this machine knows${ca === undefined ? ', or name your own with --ca FILE (agents: `ca` in the configuration)' : ''}.`;

async function checkReady(machine: Machine, url: URL, ca?: string): Promise<Finding[]> {
  let answer: HttpAnswer;
  try {
    answer = await machine.get(new URL('/readyz', url).href, { ca });
  } catch (error) {
    return [
      fail(
        'server',
        `no answer to /readyz: ${why(error)}`,
        'Look at the log of the server, or of the proxy before it.',
      ),
    ];
  }
  const { code, message } = told(answer.body);
  if (answer.status !== 200) {
    const advice =
      code === undefined ? 'Is this a Longline server? A proxy before it must pass every path on.' : message;
    return [fail('server', `/readyz answers ${answer.status}${code === undefined ? '' : ` ${code}`}`, advice)];
  }
  return [ok('server', `${url.origin} is ready`), ...checkClock(machine, answer)];
}

function checkClock(machine: Machine, { dateMs, tookMs }: HttpAnswer): Finding[] {
  if (dateMs === undefined) return [];
  const differenceMs = machine.wallMs() - tookMs / 2 - (dateMs + DATE_ERROR_MS);
  const surelyMs = Math.abs(differenceMs) - DATE_ERROR_MS - tookMs / 2;
  if (surelyMs <= CLOCK_WARN_MS) return [ok('clock', "agrees with the server's to about a second")];
  const seconds = Math.abs(Math.round(differenceMs / 1_000));
  const finding = `is ${seconds} s ${differenceMs > 0 ? 'ahead of' : 'behind'} the server's`;
  return [
    warn(
      'clock',
      finding,
      'Motion does not depend on it (the line measures clocks itself), but times of messages, certificates and expiries do: use NTP.',
    ),
  ];
}

async function checkUpgrade(machine: Machine, url: URL, ca?: string): Promise<Finding[]> {
  let answer: HttpAnswer;
  try {
    answer = await machine.upgrade(new URL(LINE_PATH, url).href, { ca });
  } catch (error) {
    return [
      fail('websocket', `the upgrade fails: ${why(error)}`, 'A proxy on the way does not let WebSockets through.'),
    ];
  }
  const { code, message } = told(answer.body);
  if (answer.status === 400 && code === 'SUBPROTOCOL_REQUIRED') return [ok('websocket', 'upgrades reach the server')];
  if (code === 'ROUTE_UNKNOWN') {
    return [
      fail(
        'websocket',
        'a proxy on the way takes the Upgrade header away',
        'Let it pass Upgrade and Connection on (nginx: proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade, Connection "upgrade").',
      ),
    ];
  }
  const advice =
    code === undefined ? 'A proxy on the way answers instead of the server: let it pass WebSockets on.' : message;
  return [fail('websocket', `the upgrade is answered ${answer.status}${code === undefined ? '' : ` ${code}`}`, advice)];
}

/** Code and sentence of a refusal by a Longline server. */
export function told(body: string): { readonly code?: string; readonly message: string } {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string') {
      return {
        code: value.code,
        message: 'message' in value && typeof value.message === 'string' ? value.message : '',
      };
    }
  } catch {
    // Not ours.
  }
  return { message: '' };
}

/** A proxy's address may hold a password. */
function withoutSecrets(text: string): string {
  const url = URL.parse(text);
  return url === null ? 'that is set' : `${url.protocol}//${url.host}`;
}
