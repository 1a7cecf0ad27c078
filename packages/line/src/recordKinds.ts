/** Kinds of records in a frame (docs/protocol.md, clause 1.3). */
export const recordKinds = {
  hello: 0x01,
  welcome: 0x02,
  challenge: 0x03,
  schema: 0x10,
  advertise: 0x11,
  unadvertise: 0x12,
  message: 0x13,
  dropped: 0x14,
  part: 0x15,
  packed: 0x16,
  demand: 0x17,
  request: 0x20,
  reply: 0x21,
  status: 0x22,
  report: 0x23,
  ping: 0x30,
  pong: 0x31,
  ack: 0x32,
  ackRequest: 0x33,
  subscribe: 0x40,
  unsubscribe: 0x41,
  mark: 0x42,
  device: 0x43,
  line: 0x44,
} as const;

export type RecordKindName = keyof typeof recordKinds;
export type RecordKind = (typeof recordKinds)[RecordKindName];

const names = new Map<number, RecordKindName>(
  Object.entries(recordKinds).map(([name, kind]) => [kind, name as RecordKindName]),
);

/** The name of a kind, or undefined for one that this version does not have. */
export const recordKindName = (kind: number): RecordKindName | undefined => names.get(kind);

/** Bytes before a record's body: kind (u8) and body length (u32). */
export const RECORD_HEADER_BYTES = 5;
/** Bytes of a message record's body before its data: channel u32, sequence u32, log time u64, publish time u64. */
export const MESSAGE_HEADER_BYTES = 24;
