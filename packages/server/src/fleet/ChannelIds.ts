/** Hands out the numbers by which readers know the channels of the whole fleet. A number given back is used again. */
export class ChannelIds {
  readonly #free: number[] = [];
  #next = 1;

  take(): number {
    return this.#free.pop() ?? this.#next++;
  }

  give(id: number): void {
    this.#free.push(id);
  }
}
