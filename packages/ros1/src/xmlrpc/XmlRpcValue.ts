/** A value of XML-RPC. Integers are plain numbers; doubles and dates are wrapped, so that 1.0 stays a double. */
export type XmlRpcValue =
  boolean | number | string | Uint8Array | XmlRpcDouble | XmlRpcDate | readonly XmlRpcValue[] | XmlRpcStruct;

/** The members of a struct by name. */
export type XmlRpcStruct = ReadonlyMap<string, XmlRpcValue>;

/** `<double>`; XML-RPC's own text for NaN and infinities is Python's (`nan`, `inf`, `-inf`). */
export class XmlRpcDouble {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** `<dateTime.iso8601>`, which has no time zone, as its text: `20261123T07:42:41`. */
export class XmlRpcDate {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What the far end answered instead of a result. */
export class XmlRpcFault extends Error {
  override readonly name = 'XmlRpcFault';
  readonly faultCode: number;

  constructor(faultCode: number, message: string) {
    super(message);
    this.faultCode = faultCode;
  }
}
