import type { FastifyReply } from 'fastify';
import { DEFAULT_DEADLINE_MS } from '@longline/ros';
import { z } from 'zod';
import type { DeviceView } from '../../access/DeviceView.ts';
import { topicUnknown } from '../../access/unknownNames.ts';
import { ServerError } from '../../errors.ts';
import type { LatestMessage } from '../../fleet/LatestMessage.ts';
import type { App, RouteContext } from '../App.ts';
import { knownDevice, sendJson, sendJsonText } from '../App.ts';
import { leaving } from '../leaving.ts';
import { latestJson, messageJson } from '../latestJson.ts';
import { answers, deviceParams, latestQuery, latestShape } from '../shapes.ts';

/** In the list of all topics, larger messages are left out: they are had one by one. */
const LARGEST_LISTED_BYTES = 64 * 1024;

/** `GET /api/v1/devices/:id/latest`: the last message of a topic, or of all. */
export function latestRoute(app: App, context: RouteContext): void {
  app.get(
    '/api/v1/devices/:id/latest',
    {
      schema: {
        summary: 'The last message of a topic; without a topic, of all topics',
        description:
          'As JSON, or with `Accept: application/octet-stream` the serialized bytes, times in the headers. ' +
          'With `fresh=true` the robot is asked for it now.',
        tags: ['devices'],
        params: deviceParams,
        querystring: latestQuery,
        response: answers(z.union([latestShape, z.object({ latest: z.array(latestShape.partial()) })])),
      },
    },
    async (request, reply) => {
      const { device, view } = knownDevice(context, request, request.params.id);
      const { topic, fresh, deadlineMs = DEFAULT_DEADLINE_MS } = request.query;
      if (topic === undefined) return sendJsonText(reply, listJson(view));
      const latest =
        fresh === 'true'
          ? view.snapshot(await device.takeSnapshot(topic, { deadlineMs, signal: leaving(context, request, reply) }))
          : theLatest(view, topic);
      if (request.headers.accept?.includes('application/octet-stream') === true) return sendBytes(reply, latest);
      const fields = messageJson(latest.message);
      if ('json' in fields) return sendJsonText(reply, latestJson(latest, `"message":${fields.json}`));
      const { code, message, details } = fields.error;
      // The request was good; what the robot sent was not.
      sendJson(reply, { code, message: `${message} The bytes can be had as application/octet-stream.`, details }, 502);
    },
  );
}

function theLatest(view: DeviceView, topic: string): LatestMessage {
  const channel = view.channel(topic);
  if (channel === undefined) throw topicUnknown(view.id, topic);
  const latest = view.latest(channel);
  if (latest !== undefined) return latest;
  throw new ServerError(
    'MESSAGE_NONE',
    channel.messages === 0
      ? `No message of ${topic} has come from device ${view.id} yet.${channel.advertised.demand === 'watched' ? ' It flows only while somebody looks; ask with fresh=true.' : ''}`
      : `The last message of ${topic} was not kept: too large, or of an older definition. Subscribe to see the next.`,
    { details: { device: view.id, topic } },
  );
}

function listJson(view: DeviceView): string {
  const items: string[] = [];
  for (const channel of view.channels()) {
    const latest = view.latest(channel);
    if (latest !== undefined) items.push(latestJson(latest, listed(latest)));
  }
  return `{"latest":[${items.join(',')}]}`;
}

function listed({ message }: LatestMessage): string {
  if (message.data.length > LARGEST_LISTED_BYTES) return '"omitted":"large; ask for this topic alone"';
  const fields = messageJson(message);
  if ('json' in fields) return `"message":${fields.json}`;
  return `"error":${JSON.stringify({ code: fields.error.code, message: fields.error.message })}`;
}

function sendBytes(reply: FastifyReply, { topic, message, receiveTime, ageMs }: LatestMessage): void {
  const { channel, logTime, publishTime, sequence, data } = message;
  void reply
    .headers({
      'cache-control': 'no-store',
      'content-type': 'application/octet-stream',
      'x-longline-topic': headerText(topic),
      'x-longline-type': headerText(channel.schema.name),
      'x-longline-encoding': channel.encoding,
      'x-longline-log-time-ns': logTime.toString(),
      'x-longline-publish-time-ns': publishTime.toString(),
      'x-longline-receive-time-ns': receiveTime.toString(),
      'x-longline-age-ms': ageMs.toFixed(3),
      'x-longline-sequence': sequence.toString(),
    })
    .send(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
}

/** Names come from robots and may be any text; a header may not. */
const headerText = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?');
