import { z } from 'zod';

/** An answer of the HTTP API. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly json: unknown;
}

const commandSchema = z.looseObject({ state: z.string().optional(), code: z.string().optional() });
const leaseSchema = z.looseObject({ token: z.number() });
const latestSchema = z.looseObject({ logTimeNs: z.string(), sequence: z.number(), message: z.unknown() });
export type Latest = z.infer<typeof latestSchema>;
const deviceSchema = z.looseObject({
  online: z.boolean(),
  boot: z.string(),
  epoch: z.number(),
  status: z.looseObject({
    ros: z.looseObject({ state: z.string() }),
    standing: z.array(z.looseObject({ topic: z.string(), state: z.string() })),
  }),
});
export type DeviceAnswer = z.infer<typeof deviceSchema>;

/** One device, as the server's HTTP API shows it. Not found, or no server, is `undefined`. */
export class Api {
  readonly #base: string;

  constructor(server: string, device: string) {
    this.#base = `${server}/api/v1/devices/${device}`;
  }

  async ask(path: string, method = 'GET', body?: unknown): Promise<Answer> {
    const response = await fetch(this.#base + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    const json: unknown = JSON.parse(text);
    return { status: response.status, text, json };
  }

  /** The serialized bytes of the last message, in hexadecimal digits. */
  async latestHex(topic: string): Promise<string | undefined> {
    const response = await fetch(`${this.#base}/latest?topic=${topic}`, {
      headers: { accept: 'application/octet-stream' },
    });
    if (!response.ok) return undefined;
    return Buffer.from(await response.arrayBuffer()).toString('hex');
  }

  async latest(topic: string): Promise<Latest | undefined> {
    const answer = await this.#whenThere(`/latest?topic=${topic}`);
    return answer === undefined ? undefined : latestSchema.parse(answer.json);
  }

  async device(): Promise<DeviceAnswer | undefined> {
    const answer = await this.#whenThere('');
    return answer === undefined ? undefined : deviceSchema.parse(answer.json);
  }

  /** Resolves to the command as it ended. */
  async command(body: object): Promise<z.infer<typeof commandSchema>> {
    return commandSchema.parse((await this.ask('/commands', 'POST', body)).json);
  }

  /** Takes the lease for a minute, from whoever has it; gives its token. */
  async takeLease(): Promise<number> {
    const { json } = await this.ask('/lease', 'POST', { holdMs: 60_000, takeOver: true });
    return leaseSchema.parse(json).token;
  }

  setStanding(topic: string, body: object): Promise<Answer> {
    return this.ask(`/standing?topic=${topic}`, 'PUT', body);
  }

  async #whenThere(path: string): Promise<Answer | undefined> {
    try {
      const answer = await this.ask(path);
      return answer.status === 200 ? answer : undefined;
    } catch (error) {
      if (error instanceof TypeError) return undefined;
      throw error;
    }
  }
}
