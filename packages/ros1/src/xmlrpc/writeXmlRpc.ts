import { XmlRpcDate, XmlRpcDouble } from './XmlRpcValue.ts';
import type { XmlRpcFault, XmlRpcValue } from './XmlRpcValue.ts';

const PROLOG = '<?xml version="1.0"?>\n';

/** What XML 1.0 cannot hold, even escaped: control characters and halves of surrogate pairs. rosmaster refuses the whole call. */
const impossible = /(?![\t\n\r\u007f-\u009f])[\p{Cc}\p{Cs}\ufffe\uffff]/u;

/** The text of a call. Throws `RangeError` for what XML-RPC cannot carry. */
export function writeMethodCall(method: string, params: readonly XmlRpcValue[]): string {
  const written = params.map((param) => `<param>${value(param)}</param>`).join('');
  return `${PROLOG}<methodCall><methodName>${escape(method)}</methodName><params>${written}</params></methodCall>`;
}

/** The text of a result. */
export function writeMethodResponse(result: XmlRpcValue): string {
  return `${PROLOG}<methodResponse><params><param>${value(result)}</param></params></methodResponse>`;
}

/** The text of a fault. */
export function writeFault(fault: XmlRpcFault): string {
  const members = new Map<string, XmlRpcValue>([
    ['faultCode', fault.faultCode],
    ['faultString', fault.message],
  ]);
  return `${PROLOG}<methodResponse><fault>${value(members)}</fault></methodResponse>`;
}

function value(of: XmlRpcValue): string {
  return `<value>${typed(of)}</value>`;
}

function typed(of: XmlRpcValue): string {
  if (typeof of === 'string') return `<string>${escape(of)}</string>`;
  if (typeof of === 'boolean') return `<boolean>${of ? 1 : 0}</boolean>`;
  if (typeof of === 'number') {
    if (!Number.isInteger(of) || of < -(2 ** 31) || of >= 2 ** 31) throw new RangeError(`${of} is no 32-bit integer.`);
    return `<int>${of}</int>`;
  }
  if (of instanceof XmlRpcDouble) return `<double>${double(of.value)}</double>`;
  if (of instanceof XmlRpcDate) return `<dateTime.iso8601>${escape(of.text)}</dateTime.iso8601>`;
  if (of instanceof Uint8Array) return `<base64>${Buffer.from(of).toString('base64')}</base64>`;
  if (isStruct(of)) {
    const members = [...of].map(([name, member]) => `<member><name>${escape(name)}</name>${value(member)}</member>`);
    return `<struct>${members.join('')}</struct>`;
  }
  return `<array><data>${of.map(value).join('')}</data></array>`;
}

/** `instanceof Map` does not narrow a union of read-only types. */
function isStruct(
  of: readonly XmlRpcValue[] | ReadonlyMap<string, XmlRpcValue>,
): of is ReadonlyMap<string, XmlRpcValue> {
  return !Array.isArray(of);
}

function double(of: number): string {
  if (Number.isNaN(of)) return 'nan';
  if (!Number.isFinite(of)) return of > 0 ? 'inf' : '-inf';
  return Object.is(of, -0) ? '-0.0' : String(of);
}

function escape(text: string): string {
  if (impossible.test(text)) throw new RangeError('The text has a control character that XML cannot hold.');
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;');
}
