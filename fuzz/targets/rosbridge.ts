import type { Schema } from '@longline/ros';
import { BridgedServices } from '../../packages/bridges/src/rosbridge/BridgedServices.ts';
import { FrameDecoder } from '../../packages/bridges/src/rosbridge/FrameDecoder.ts';
import { recordedRosbridge } from '../../packages/bridges/src/rosbridge/recordedRosbridge.fixture.ts';
import { bendBytes } from '../bendBytes.ts';
import { bendText, bendValue } from '../bendValue.ts';
import { claim } from '../FuzzTarget.ts';
import type { FuzzTarget } from '../FuzzTarget.ts';

const text: Schema = { name: 'std_msgs/String', encoding: 'ros1msg', text: 'string data\n' };

const ops: readonly unknown[] = [
  { op: 'publish', topic: '/a', msg: { data: 'x' } },
  { op: 'service_response', id: 'call:1', values: { topics: ['/a'], types: ['std_msgs/String'] }, result: true },
  { op: 'status', level: 'error', msg: 'no' },
  { op: 'fragment', id: 'f', data: '{"op":"publish",', num: 0, total: 2 },
  { op: 'fragment', id: 'f', data: '"topic":"/a","msg":{}}', num: 1, total: 2 },
  { op: 'png', data: 'AAAA' },
  { op: 'call_service', id: 's', service: '/far', args: { data: 'x' } },
];

/** What a rosbridge server sends: JSON, CBOR, fragments; after all of it a good message is still read. */
export const rosbridge: FuzzTarget = {
  name: 'rosbridge',
  open() {
    const { rawFrames, jsonFrames, fragments } = recordedRosbridge();
    // The recorded pictures are large: what breaks a decoder lies in the structure.
    const small = rawFrames.filter(({ length }) => length < 20_000);
    const texts = [...jsonFrames.values(), ...fragments].filter(({ length }) => length < 20_000);
    return {
      play(dice, feed) {
        let heard: string | undefined;
        const services = new BridgedServices();
        services.provide('/far', { name: 'test/Far', request: text, response: text }, (data) => Promise.resolve(data));
        services.handleSession({
          encoding: 'ros1',
          sendText: (answer) => claim(answer.length < 1_000_000, 'an answer is larger than what was asked'),
        });
        const decoder = new FrameDecoder({
          handleRaw: (topic) => (heard = topic),
          handlePublish: ({ topic }) => (heard = topic),
          handleServiceResponse: () => undefined,
          handleServiceCall: (call) => services.handleCall(call),
          handleProblem: (problem) => claim(problem.length < 2_000, 'a problem is told at length'),
        });
        for (let count = 0; count < 20; count++) {
          switch (dice.below(3)) {
            case 0: {
              const data = bendBytes(dice, dice.one(small), small);
              feed({ data }, () => decoder.handleBinary(data));
              break;
            }
            case 1: {
              const bent = bendText(dice, dice.one(texts));
              feed({ text: bent }, () => decoder.handleText(bent));
              break;
            }
            default: {
              const bent = JSON.stringify(bendValue(dice, dice.one(ops)) ?? null);
              feed({ text: bent }, () => decoder.handleText(bent));
            }
          }
        }
        feed({ good: true }, () => decoder.handleText('{"op":"publish","topic":"/good","msg":{}}'));
        claim(heard === '/good', 'a good message was not read after bad ones');
      },
    };
  },
};
