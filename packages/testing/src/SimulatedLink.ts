import { Fifo } from '@longline/line';
import type { Clock } from '@longline/ros';
import type { RandomBelow } from './hostileFrames.ts';

/** What one direction of a {@link SimulatedPath} does to packets. */
export interface LinkConditions {
  /** Bytes a second, headers included. Default without bound. */
  readonly bytesPerS: number;
  /** How long a packet is under way after it left the queue, in milliseconds. Default 0. */
  readonly delayMs: number;
  /** Up to so much longer, by chance, in milliseconds; order holds. Default 0. */
  readonly jitterMs: number;
  /** A packet that would make the queue longer is lost, in bytes. Default without bound. */
  readonly queueBytes: number;
  /** Share of the packets that are lost, from 0 to 1. Default 0. */
  readonly loss: number;
  /** While set, all are. Default false. */
  readonly silent: boolean;
}

export const openLink: LinkConditions = {
  bytesPerS: Number.POSITIVE_INFINITY,
  delayMs: 0,
  jitterMs: 0,
  queueBytes: Number.POSITIVE_INFINITY,
  loss: 0,
  silent: false,
};

/** What a {@link SimulatedLink} carries. */
export interface Packet {
  readonly bytes: number;
  /** It was lost before. Where a queue is full its sender slows down for it, so it finds a place. */
  readonly isRepeat: boolean;
  handleArrived(): void;
  handleLost(): void;
}

const RANDOM_STEPS = 1_000_000;

/** One direction of a path: a queue in front of a wire. Packets leave it in order, those that are lost excepted. */
export class SimulatedLink {
  readonly #clock: Clock;
  readonly #random: RandomBelow;
  readonly #queue = new Fifo<Packet>();
  readonly #wire = new Fifo<{ readonly packet: Packet; readonly atMs: number }>();
  #queuedBytes = 0;
  #carriedBytes = 0;
  #lost = 0;
  /** When the packet that left last arrives. */
  #lastMs = 0;
  #leaving = false;
  #arriving = false;

  /** May change at any time; the rate counts from the next packet on. */
  conditions: LinkConditions;

  constructor(clock: Clock, conditions: LinkConditions, random: RandomBelow) {
    this.#clock = clock;
    this.conditions = conditions;
    this.#random = random;
  }

  /** Bytes that wait for the wire. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Bytes that arrived, headers and repeats included. */
  get carriedBytes(): number {
    return this.#carriedBytes;
  }

  /** Packets lost so far. */
  get lost(): number {
    return this.#lost;
  }

  /** How long a packet that comes now would wait for the wire, in milliseconds. */
  get queueMs(): number {
    return (this.#queuedBytes / this.conditions.bytesPerS) * 1_000;
  }

  send(packet: Packet): void {
    // One packet always finds a place, however short the queue.
    if (!packet.isRepeat && this.#queuedBytes > 0 && this.#queuedBytes + packet.bytes > this.conditions.queueBytes) {
      this.#lose(packet);
      return;
    }
    this.#queue.push(packet);
    this.#queuedBytes += packet.bytes;
    if (!this.#leaving) this.#leave();
  }

  #leave(): void {
    const packet = this.#queue.first;
    this.#leaving = packet !== undefined;
    if (packet === undefined) return;
    this.#clock.after((packet.bytes / this.conditions.bytesPerS) * 1_000, () => {
      this.#queue.shift();
      this.#queuedBytes -= packet.bytes;
      const { loss, silent, delayMs, jitterMs } = this.conditions;
      if (silent || this.#random(RANDOM_STEPS) < loss * RANDOM_STEPS) {
        this.#lose(packet);
      } else {
        const lateMs = jitterMs === 0 ? 0 : (jitterMs * this.#random(RANDOM_STEPS)) / RANDOM_STEPS;
        this.#lastMs = Math.max(this.#lastMs, this.#clock.monotonicMs() + delayMs + lateMs);
        this.#wire.push({ packet, atMs: this.#lastMs });
        if (!this.#arriving) this.#arrive();
      }
      this.#leave();
    });
  }

  #arrive(): void {
    const next = this.#wire.first;
    this.#arriving = next !== undefined;
    if (next === undefined) return;
    this.#clock.after(next.atMs - this.#clock.monotonicMs(), () => {
      this.#wire.shift();
      if (this.conditions.silent) {
        this.#lose(next.packet);
      } else {
        this.#carriedBytes += next.packet.bytes;
        next.packet.handleArrived();
      }
      this.#arrive();
    });
  }

  #lose(packet: Packet): void {
    this.#lost++;
    packet.handleLost();
  }
}
