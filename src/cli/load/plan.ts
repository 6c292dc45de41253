/**
 * In which order what has been read is sent: the lines of a machine one after the other, machines beside each other, events
 * of many machines together. Pure: sends nothing and waits for nothing.
 */
import type { CreateItem, Item, SendItem } from "./item.ts";

/** As many as one call takes (docs/machines.md). */
const MOST_EVENTS = 100;
/** Of text, so that a call stays well below the 8 MiB that it may have, however its numbers are written out. */
const MOST_BYTES = 1024 * 1024;

/** What is asked of the service in one call: one machine, or up to 100 events. */
export type Unit = readonly [CreateItem] | readonly [SendItem, ...SendItem[]];

export class Plan {
  /** Of each machine what is to be done, in the order of the file. */
  readonly #queues = new Map<string, Item[]>();
  /** Machines that wait for a call, by what comes next; the longest waiting first. */
  readonly #creating = new Set<string>();
  readonly #sending = new Set<string>();
  readonly #busy = new Set<string>();

  /** Nothing waits, and nothing is under way. */
  get isEmpty(): boolean {
    return this.#queues.size === 0 && this.#busy.size === 0;
  }

  add(item: Item): void {
    const queue = this.#queues.get(item.machine);
    if (queue !== undefined) queue.push(item);
    else {
      this.#queues.set(item.machine, [item]);
      this.#offer(item.machine);
    }
  }

  /**
   * What may be asked now, with `most` events at most; its machines are busy until it is released. Machines come first,
   * until their events fill a call: a call of a hundred costs little more than a call of one.
   */
  take(most = MOST_EVENTS): Unit | undefined {
    const events = this.#pickEvents(Math.min(most, MOST_EVENTS));
    const [creating] = this.#creating;
    if (creating !== undefined && events.length < Math.min(most, MOST_EVENTS)) {
      const item = this.#queues.get(creating)?.[0];
      if (item?.kind !== "create") throw new Error("a machine waits for what it does not have");
      this.#remove(creating, 1);
      return [item];
    }
    const [first, ...rest] = events;
    if (first === undefined) return undefined;
    const counts = Map.groupBy(events, ({ machine }) => machine);
    for (const [machine, { length }] of counts) this.#remove(machine, length);
    return [first, ...rest];
  }

  /** The call has ended: what comes next for its machines may be asked. */
  release(unit: Unit): void {
    for (const machine of new Set(unit.map((item) => item.machine))) {
      this.#busy.delete(machine);
      this.#offer(machine);
    }
  }

  #pickEvents(most: number): SendItem[] {
    const picked: SendItem[] = [];
    let bytes = 0;
    for (const machine of this.#sending) {
      for (const item of this.#queues.get(machine) ?? []) {
        if (item.kind !== "send") break;
        bytes += item.bytes;
        if (picked.length >= most || (picked.length > 0 && bytes > MOST_BYTES)) return picked;
        picked.push(item);
      }
    }
    return picked;
  }

  #remove(machine: string, count: number): void {
    const queue = this.#queues.get(machine);
    queue?.splice(0, count);
    if (queue?.length === 0) this.#queues.delete(machine);
    this.#creating.delete(machine);
    this.#sending.delete(machine);
    this.#busy.add(machine);
  }

  #offer(machine: string): void {
    const next = this.#queues.get(machine)?.[0];
    if (next === undefined || this.#busy.has(machine)) return;
    (next.kind === "create" ? this.#creating : this.#sending).add(machine);
  }
}
