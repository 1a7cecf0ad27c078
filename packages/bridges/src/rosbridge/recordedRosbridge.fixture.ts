import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { FakeRosbridge } from './FakeRosbridge.fixture.ts';

const line = z.object({ dir: z.enum(['send', 'recv']), text: z.string().optional(), b64: z.string().optional() });
const callOp = z.object({
  op: z.literal('call_service'),
  id: z.string(),
  service: z.string(),
  args: z.unknown().optional(),
});
const responseOp = z.object({
  op: z.literal('service_response'),
  id: z.string(),
  values: z.unknown().optional(),
  result: z.boolean(),
});
const publishOp = z.object({ op: z.literal('publish'), topic: z.string() });

/** What was recorded with a real server. */
export interface Recording {
  /** A server that gives the recorded answers. */
  readonly server: FakeRosbridge;
  /** One `cbor-raw` frame for each topic, as sent. */
  readonly rawFrames: readonly Uint8Array[];
  /** One JSON frame for each topic, as sent. */
  readonly jsonFrames: ReadonlyMap<string, string>;
  /** One message in fragments. */
  readonly fragments: readonly string[];
}

/** For tests: the recorded session with rosbridge_suite 2.0.0 on ROS 2 Humble. */
export function recordedRosbridge(): Recording {
  const text = readFileSync(new URL('../fixtures/rosbridge-humble.jsonl', import.meta.url), 'utf8');
  const server = new FakeRosbridge();
  const rawFrames: Uint8Array[] = [];
  const jsonFrames = new Map<string, string>();
  const fragments: string[] = [];
  const asked = new Map<string, string>();
  const answers = new Map<string, string>();
  for (const row of text.trim().split('\n')) {
    const frame = line.parse(JSON.parse(row));
    if (frame.b64 !== undefined) rawFrames.push(Buffer.from(frame.b64, 'base64'));
    if (frame.text === undefined) continue;
    const op: unknown = JSON.parse(frame.text);
    const call = callOp.safeParse(op);
    const response = responseOp.safeParse(op);
    const publish = publishOp.safeParse(op);
    if (call.success) {
      asked.set(call.data.id, questionKey(call.data.service, call.data.args));
    } else if (response.success) {
      // The text of the values as recorded, because JSON.parse would round large integers.
      const [, values = 'null'] = /"values":(.*),"result":(?:true|false),"id":"[^"]*"\}$/s.exec(frame.text) ?? [];
      answers.set(
        asked.get(response.data.id) ?? '',
        response.data.result ? values : `!${String(response.data.values)}`,
      );
    } else if (publish.success) {
      jsonFrames.set(publish.data.topic, frame.text);
    } else {
      fragments.push(frame.text);
    }
  }
  for (const key of answers.keys()) {
    const [service = ''] = key.split(' ');
    server.services.set(service, (args) => {
      const answer = answers.get(questionKey(service, args));
      if (answer === undefined) return new Error(`nothing recorded for ${questionKey(service, args)}`);
      return answer.startsWith('!') ? new Error(answer.slice(1)) : answer;
    });
  }
  return { server, rawFrames, jsonFrames, fragments };
}

const questionKey = (service: string, args: unknown): string =>
  `${service} ${JSON.stringify(args ?? {}, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))}`;
