/** The names of one of the two worlds: the same machines stand in both, so that two doors can be asked the same. */
import { MADE_UP, type Address, type Call } from "./calls.ts";
import { idOfKey } from "./service-model.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[48][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export class World {
  readonly #prefix: string;
  /** What stands for an id that was made of a key -> the id. */
  readonly #made = new Map<string, string>();

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** The configuration's name here; none stays none. */
  name(configuration: string): string {
    return configuration === "" ? "" : `${this.#prefix}${configuration}`;
  }

  address({ configuration, id }: Address): Address {
    return { configuration: this.name(configuration), id: this.#made.get(id) ?? id };
  }

  /** A name, config_id or message without what is of this world only. */
  plain(text: string): string {
    let plain = text.startsWith(this.#prefix) ? text.slice(this.#prefix.length) : text;
    for (const quoted of ['"', " "]) plain = plain.replaceAll(quoted + this.#prefix, quoted);
    for (const [symbol, id] of this.#made) plain = plain.replaceAll(id, symbol);
    return plain;
  }

  plainAddress({ configuration, id }: Address): Address {
    return { configuration: this.plain(configuration), id: this.plain(id) };
  }

  /** The id that a creation was answered with. */
  createdId({ id, key }: Extract<Call, { do: "create" }>, answered: string): string {
    if (id !== undefined) return this.plain(answered);
    if (!UUID.test(answered)) throw new Error(`the id that was made is no UUID: ${answered}`);
    if (key === undefined) return MADE_UP;
    const known = this.#made.get(idOfKey(key)) ?? answered;
    if (known !== answered) throw new Error(`the key ${key} was made into ${known} before, now into ${answered}`);
    this.#made.set(idOfKey(key), answered);
    return idOfKey(key);
  }

  /** The ids that were made of keys. */
  get made(): ReadonlyMap<string, string> {
    return this.#made;
  }
}

/** What a door answered, and what it said to people, in which there is nothing to foresee. */
export interface Heard<T> {
  readonly answer: T;
  readonly messages: readonly string[];
}
