import { FoxgloveClient } from '@foxglove/ws-protocol';
import type {
  Channel,
  IWebSocket,
  MessageData,
  ParameterValues,
  Service,
  ServiceCallResponse,
} from '@foxglove/ws-protocol';
import { waitFor } from '@longline/testing';
import { WebSocket } from 'ws';
import { START_MS } from './longline.ts';

/** A FoxgloveClient, and what it has been told so far. */
export class FoxgloveViewer {
  readonly channels = new Map<string, Channel>();
  readonly services = new Map<string, Service>();
  readonly messages: MessageData[] = [];
  readonly statuses: string[] = [];
  readonly parameters: ParameterValues[] = [];
  readonly responses: ServiceCallResponse[] = [];
  readonly failures: string[] = [];
  readonly graphs: { publishedTopics: { name: string; publisherIds: string[] }[] }[] = [];
  readonly client: FoxgloveClient;
  info: { capabilities: string[]; metadata?: Record<string, string> } | undefined;

  constructor(url: string, subprotocol = 'foxglove.websocket.v1') {
    const webSocket = new WebSocket(url, [subprotocol]);
    this.client = new FoxgloveClient({ ws: webSocket as unknown as IWebSocket });
    this.client.on('serverInfo', (info) => (this.info = info));
    this.client.on('advertise', (channels) => {
      for (const channel of channels) this.channels.set(channel.topic, channel);
    });
    this.client.on('unadvertise', (ids) => {
      for (const [topic, { id }] of this.channels) if (ids.includes(id)) this.channels.delete(topic);
    });
    this.client.on('unadvertiseServices', (ids) => {
      for (const [name, { id }] of this.services) if (ids.includes(id)) this.services.delete(name);
    });
    this.client.on('advertiseServices', (services) => {
      for (const service of services) this.services.set(service.name, service);
    });
    this.client.on('message', (message) => this.messages.push(message));
    this.client.on('status', ({ message }) => this.statuses.push(message));
    this.client.on('parameterValues', (values) => this.parameters.push(values));
    this.client.on('serviceCallResponse', (response) => this.responses.push(response));
    this.client.on('serviceCallFailure', ({ message }) => this.failures.push(message));
    this.client.on('connectionGraphUpdate', (update) => this.graphs.push(update));
    this.client.on('error', () => undefined);
  }

  channel(topic: string): Promise<Channel> {
    return waitFor(() => this.channels.get(topic), { what: topic, timeoutMs: START_MS });
  }

  service(name: string): Promise<Service> {
    return waitFor(() => this.services.get(name), { what: name, timeoutMs: START_MS });
  }
}
