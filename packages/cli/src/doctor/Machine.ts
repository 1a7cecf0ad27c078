/** What is known of a file or folder without opening it. */
export interface FileFacts {
  readonly isDirectory: boolean;
  /** The permission bits alone. */
  readonly mode: number;
  readonly ownerId: number;
}

/** The certificate that a server shows. */
export interface CertificateFacts {
  readonly expiresMs: number;
  /** Why it is not to be trusted for that name; undefined: it is. */
  readonly distrust: string | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** The server's clock, as its Date header has it: whole seconds. */
  readonly dateMs: number | undefined;
  /** Milliseconds from request to answer. */
  readonly tookMs: number;
}

/** What a doctor may look at, so that tests give it another machine. What fails rejects with a sentence. */
export interface Machine {
  readonly nodeVersion: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly userId: number | undefined;
  wallMs(): number;
  /** Undefined where there is none. */
  file(path: string): Promise<FileFacts | undefined>;
  readText(path: string): Promise<string>;
  /** Names in a folder; none where there is no folder. */
  namesIn(folder: string): Promise<readonly string[]>;
  /** Whether this user may write there; asks the nearest folder that exists. */
  isWritable(path: string): Promise<boolean>;
  /** Bytes left on the disk of the nearest folder that exists. */
  freeBytes(path: string): Promise<number>;
  resolve(host: string): Promise<readonly string[]>;
  /** Opens a TCP connection and closes it. */
  connect(host: string, port: number): Promise<void>;
  /** `ca` is PEM text of authorities to trust instead of the system's. */
  certificate(host: string, port: number, ca?: string): Promise<CertificateFacts>;
  get(
    url: string,
    options?: { readonly token?: string | undefined; readonly ca?: string | undefined },
  ): Promise<HttpAnswer>;
  /** Asks for a WebSocket without naming a subprotocol, which every Longline server refuses with a word of its own. */
  upgrade(url: string, options?: { readonly ca?: string | undefined }): Promise<HttpAnswer>;
}
