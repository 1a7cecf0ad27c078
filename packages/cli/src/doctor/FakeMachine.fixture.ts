import type { CertificateFacts, FileFacts, HttpAnswer, Machine } from './Machine.ts';

export const NOW_MS = 1_790_000_000_000;
const DAY_MS = 86_400_000;

/** A machine before a healthy server; tests break one thing of it. */
export class FakeMachine implements Machine {
  nodeVersion = 'v24.11.0';
  env: Record<string, string | undefined> = {};
  readonly home = '/home/u';
  userId: number | undefined = 1_000;
  clockErrorMs = 0;
  readonly files = new Map<string, FileFacts>();
  readonly texts = new Map<string, string>();
  free = 10e9;
  writable = true;
  addresses: readonly string[] | Error = ['203.0.113.5'];
  tcp: Error | undefined;
  shown: CertificateFacts | Error = { expiresMs: NOW_MS + 60.5 * DAY_MS, distrust: undefined };
  ready: Partial<HttpAnswer> | Error = { status: 200, body: '{"status":"ready"}' };
  upgraded: Partial<HttpAnswer> | Error = { status: 400, body: '{"code":"SUBPROTOCOL_REQUIRED","message":"x"}' };
  whoami: Partial<HttpAnswer> = { status: 200, body: '{"name":"ann","role":"operator","locked":true}' };
  /** Tokens that were shown. */
  readonly tokens: (string | undefined)[] = [];

  addFile(path: string, mode: number, isDirectory = false): this {
    this.files.set(path, { mode, isDirectory, ownerId: 1_000 });
    return this;
  }

  wallMs(): number {
    return NOW_MS + this.clockErrorMs;
  }

  file(path: string): Promise<FileFacts | undefined> {
    return Promise.resolve(this.files.get(path));
  }

  readText(path: string): Promise<string> {
    const text = this.texts.get(path);
    return text === undefined ? Promise.reject(new Error(`there is no ${path}`)) : Promise.resolve(text);
  }

  namesIn(folder: string): Promise<readonly string[]> {
    const below = [...this.files.keys()].filter((path) => path.startsWith(`${folder}/`));
    return Promise.resolve(below.map((path) => path.slice(folder.length + 1).split('/')[0] ?? ''));
  }

  isWritable(): Promise<boolean> {
    return Promise.resolve(this.writable);
  }

  freeBytes(): Promise<number> {
    return Promise.resolve(this.free);
  }

  resolve(): Promise<readonly string[]> {
    return settled(this.addresses);
  }

  connect(): Promise<undefined> {
    return settled(this.tcp);
  }

  certificate(): Promise<CertificateFacts> {
    return settled(this.shown);
  }

  get(url: string, { token }: { readonly token?: string | undefined } = {}): Promise<HttpAnswer> {
    if (url.endsWith('/readyz')) return answered(this.ready);
    this.tokens.push(token);
    return answered(this.whoami);
  }

  upgrade(): Promise<HttpAnswer> {
    return answered(this.upgraded);
  }
}

const settled = <T>(value: T | Error): Promise<T> =>
  value instanceof Error ? Promise.reject(value) : Promise.resolve(value);

const answered = (answer: Partial<HttpAnswer> | Error): Promise<HttpAnswer> =>
  settled(answer instanceof Error ? answer : { status: 200, body: '', dateMs: NOW_MS - 500, tookMs: 20, ...answer });
