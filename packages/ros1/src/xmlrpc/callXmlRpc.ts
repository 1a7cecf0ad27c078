import { request } from 'node:http';
import { RosError } from '@longline/ros';
import { parseMethodResponse } from './parseXmlRpc.ts';
import { writeMethodCall } from './writeXmlRpc.ts';
import { XmlRpcFault } from './XmlRpcValue.ts';
import type { XmlRpcValue } from './XmlRpcValue.ts';

/** Largest answer accepted, in bytes; a master's whole parameter tree with robot descriptions stays far below. */
export const MAX_XML_RPC_RESPONSE_BYTES = 64 * 1024 * 1024;

/**
 * Calls an XML-RPC method over HTTP, on a connection of its own: a kept one would fail once after every restart.
 * Rejects with `ROS_UNREACHABLE` for everything between here and a well-formed answer, with `XmlRpcFault` for a fault,
 * and with the signal's reason.
 */
export async function callXmlRpc(
  uri: string,
  method: string,
  params: readonly XmlRpcValue[],
  signal: AbortSignal,
): Promise<XmlRpcValue> {
  signal.throwIfAborted();
  const body = writeMethodCall(method, params);
  try {
    return parseMethodResponse(await post(uri, body, signal));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof XmlRpcFault || error instanceof RosError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new RosError('ROS_UNREACHABLE', `No answer to ${method} from ${uri}: ${reason}.`, {
      cause: error,
      details: { uri, method },
    });
  }
}

async function post(uri: string, body: string, signal: AbortSignal): Promise<string> {
  const url = new URL(uri);
  if (url.protocol !== 'http:') throw new Error(`${url.protocol} is not http:`);
  return new Promise((resolve, reject) => {
    const bytes = Buffer.from(body);
    const outgoing = request(
      url,
      {
        method: 'POST',
        agent: false,
        signal,
        headers: { 'Content-Type': 'text/xml', 'Content-Length': bytes.byteLength },
      },
      (response) => {
        const chunks: Buffer[] = [];
        let received = 0;
        response.on('data', (chunk: Buffer) => {
          received += chunk.byteLength;
          if (received > MAX_XML_RPC_RESPONSE_BYTES) {
            outgoing.destroy(new Error(`its answer is larger than ${MAX_XML_RPC_RESPONSE_BYTES} bytes`));
          } else {
            chunks.push(chunk);
          }
        });
        response.on('error', reject);
        response.on('aborted', () => reject(new Error('it broke off its answer')));
        response.on('end', () => {
          if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString('utf8'));
          else reject(new Error(`it answered HTTP ${String(response.statusCode)}`));
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(bytes);
  });
}
