import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { ConnectionGate } from './ConnectionGate.ts';
import { TrustedProxies } from './TrustedProxies.ts';

let ports = 1_000;

class FakePeer extends EventEmitter {
  readonly remoteAddress: string;
  readonly remotePort = ports++;
  destroyed = false;

  constructor(remoteAddress: string) {
    super();
    this.remoteAddress = remoteAddress;
  }

  destroy(): this {
    this.destroyed = true;
    this.emit('close');
    return this;
  }
}

const gateWith = (
  limits: Partial<ConstructorParameters<typeof ConnectionGate>[1]>,
  proxies: string[] = [],
): ConnectionGate =>
  new ConnectionGate(new TrustedProxies(proxies), {
    maxConnectionsPerAddress: 100,
    maxUngreeted: 100,
    maxUngreetedPerAddress: 100,
    ...limits,
  });

function comeIn(gate: ConnectionGate, address: string): FakePeer {
  const peer = new FakePeer(address);
  gate.handleConnection(peer);
  return peer;
}

test('an address has so many connections, and another when one ends', () => {
  const gate = gateWith({ maxConnectionsPerAddress: 2 });
  const [first] = [comeIn(gate, '192.0.2.1'), comeIn(gate, '::ffff:192.0.2.1')];
  expect(comeIn(gate, '192.0.2.1').destroyed).toBe(true);
  expect(gate.counters.refused).toBe(1);
  expect(comeIn(gate, '192.0.2.2').destroyed).toBe(false);
  first.destroy();
  expect(comeIn(gate, '192.0.2.1').destroyed).toBe(false);
});

test('who has one IPv6 network has no more for having many addresses', () => {
  const gate = gateWith({ maxConnectionsPerAddress: 2 });
  comeIn(gate, '2001:db8:0:1::1');
  comeIn(gate, '2001:db8:0:1::2');
  expect(comeIn(gate, '2001:db8:0:1:ffff::3').destroyed).toBe(true);
  expect(comeIn(gate, '2001:db8:0:2::1').destroyed).toBe(false);
});

test('of those that say nothing the oldest goes, and who is new is let in', () => {
  const gate = gateWith({ maxUngreetedPerAddress: 2 });
  const peers = Array.from({ length: 4 }, () => comeIn(gate, '192.0.2.1'));
  expect(peers.map(({ destroyed }) => destroyed)).toEqual([true, true, false, false]);
  expect(gate.counters.ungreetedCut).toBe(2);
  expect(gate.ungreeted).toBe(2);
});

test('who greeted stays, however many come after', () => {
  const gate = gateWith({ maxUngreeted: 3 });
  const honest = comeIn(gate, '192.0.2.1');
  gate.handleGreeted(honest);
  const hostile = Array.from({ length: 50 }, (_, i) => comeIn(gate, `198.51.100.${i}`));
  expect(honest.destroyed).toBe(false);
  expect(hostile.filter(({ destroyed }) => !destroyed)).toHaveLength(3);
});

test('a flood of one address costs others nothing while there is room for all', () => {
  const gate = gateWith({ maxUngreeted: 10, maxUngreetedPerAddress: 5 });
  const other = comeIn(gate, '192.0.2.1');
  for (let i = 0; i < 100; i++) comeIn(gate, '198.51.100.1');
  expect(other.destroyed).toBe(false);
  expect(gate.ungreeted).toBe(6);
});

test('what comes through a proxy is counted for whom it comes', () => {
  const gate = gateWith({ maxConnectionsPerAddress: 1 }, ['10.0.0.1']);
  const peers = Array.from({ length: 5 }, () => comeIn(gate, '10.0.0.1'));
  expect(peers.some(({ destroyed }) => destroyed)).toBe(false);
  expect(gate.admit(peers[0]!, '198.51.100.1')).toBe(true);
  expect(gate.admit(peers[1]!, '198.51.100.1')).toBe(false);
  expect(gate.admit(peers[2]!, '198.51.100.2')).toBe(true);
});

test('when all are gone nothing is remembered', () => {
  const gate = gateWith({});
  const peers = Array.from({ length: 50 }, (_, i) => comeIn(gate, `192.0.2.${i % 5}`));
  for (const peer of peers.slice(0, 20)) gate.handleGreeted(peer);
  for (const peer of peers) peer.destroy();
  expect(gate.ungreeted).toBe(0);
  const limited = gateWith({ maxConnectionsPerAddress: 1 });
  for (let i = 0; i < 5; i++) expect(comeIn(limited, '192.0.2.1').destroy().destroyed).toBe(true);
  expect(limited.counters.refused).toBe(0);
});
