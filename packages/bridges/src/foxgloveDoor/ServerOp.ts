/** Clause 2.2 of the Foxglove WebSocket protocol: what a server may say that it can. */
export type Capability =
  'clientPublish' | 'parameters' | 'parametersSubscribe' | 'time' | 'services' | 'connectionGraph';

/** A status's level: 0 is information, 1 a warning, 2 an error. */
export type StatusLevel = 0 | 1 | 2;

/** A topic as it is advertised. */
export interface WireChannel {
  readonly id: number;
  readonly topic: string;
  readonly encoding: string;
  readonly schemaName: string;
  readonly schema: string;
  readonly schemaEncoding: string;
}

/** One half of a service as it is advertised. */
export interface WireServiceHalf {
  readonly encoding: string;
  readonly schemaName: string;
  readonly schemaEncoding: string;
  readonly schema: string;
}

/** A service as it is advertised. */
export interface WireService {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly request: WireServiceHalf;
  readonly response: WireServiceHalf;
}

/** A parameter on the wire; without a value it is not set. */
export interface WireParameter {
  readonly name: string;
  readonly value?: unknown;
  readonly type?: 'byte_array' | 'float64' | 'float64_array' | undefined;
}

/** Changes of who publishes, subscribes and provides; the first holds everything. */
export interface GraphUpdate {
  readonly publishedTopics: readonly { readonly name: string; readonly publisherIds: readonly string[] }[];
  readonly subscribedTopics: readonly { readonly name: string; readonly subscriberIds: readonly string[] }[];
  readonly advertisedServices: readonly { readonly name: string; readonly providerIds: readonly string[] }[];
  readonly removedTopics: readonly string[];
  readonly removedServices: readonly string[];
}

/** What a Foxglove server says as JSON. */
export type ServerOp =
  | {
      readonly op: 'serverInfo';
      readonly name: string;
      readonly capabilities: readonly Capability[];
      readonly supportedEncodings: readonly string[];
      readonly metadata: Readonly<Record<string, string>>;
      readonly sessionId: string;
    }
  | {
      readonly op: 'status';
      readonly level: StatusLevel;
      readonly message: string;
      readonly id?: string;
      /** Longline's: of which topics how many messages did not reach the reader. */
      readonly dropped?: readonly { readonly topic: string; readonly count: number }[];
    }
  | { readonly op: 'removeStatus'; readonly statusIds: readonly string[] }
  | { readonly op: 'advertise'; readonly channels: readonly WireChannel[] }
  | { readonly op: 'unadvertise'; readonly channelIds: readonly number[] }
  | { readonly op: 'advertiseServices'; readonly services: readonly WireService[] }
  | { readonly op: 'unadvertiseServices'; readonly serviceIds: readonly number[] }
  | { readonly op: 'parameterValues'; readonly parameters: readonly WireParameter[]; readonly id?: string | undefined }
  | {
      readonly op: 'serviceCallFailure';
      readonly serviceId: number;
      readonly callId: number;
      readonly message: string;
    }
  | ({ readonly op: 'connectionGraphUpdate' } & GraphUpdate);
