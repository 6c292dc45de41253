/** Calls by chance, over few machines and few event ids, so that they meet. */
import { CANARY } from "../../canary.ts";
import type { Chance } from "../../unit/simulation/random.ts";
import { allEvents, expectStep, isFinal } from "../../unit/reference-model.ts";
import type { Address, Call, Data, EventCall, Labels, NewMachine } from "./calls.ts";
import { idOfKey, type ServiceModel, type StoredConfiguration } from "./service-model.ts";

/** Configurations with finals, `*`, a first match that hides a second, limited beginnings, and two versions. */
export const CONFIGURATIONS: readonly StoredConfiguration[] = [
  {
    name: "orders",
    version: "v1",
    starting_state: "start",
    states: ["start", "pending", "shipped", "cancelled"],
    transitions: [
      { from: "start", to: "pending", event: "accept" },
      { from: "pending", to: "shipped", event: "ship" },
      { from: "pending", to: "pending", event: "remind" },
      { from: "*", to: "cancelled", event: "cancel" },
    ],
  },
  {
    name: "orders",
    version: "v2",
    starting_state: "pending",
    states: ["start", "pending", "shipped"],
    initial_states: ["start", "pending"],
    transitions: [
      { from: "start", to: "pending", event: "accept" },
      { from: "pending", to: "start", event: "accept" },
      { from: "pending", to: "shipped", event: "ship" },
    ],
  },
  {
    name: "doors",
    version: "v1",
    starting_state: "closed",
    states: ["closed", "offen ü", "locked", "__proto__"],
    transitions: [
      { from: "closed", to: "offen ü", event: "push" },
      { from: "*", to: "closed", event: "push" },
      { from: "closed", to: "locked", event: "lock" },
      { from: "locked", to: "closed", event: "lock" },
      { from: "closed", to: "offen ü", event: "lock" },
      { from: "*", to: "__proto__", event: "constructor" },
      { from: "__proto__", to: "closed", event: "close" },
    ],
  },
];

const NAMES = ["orders", "doors"] as const;
const SLOTS = 2;
const KEYS = 3;
/** Events that are remembered, to be sent again. */
const RECENT = 10;

type Kind = Call["do"];
const WEIGHTS: readonly (readonly [Kind, number])[] = [
  ["send", 46],
  ["send many", 8],
  ["create", 9],
  ["read", 10],
  ["label", 7],
  ["override", 5],
  ["delete", 2],
  ["read event", 7],
  ["list history", 4],
  ["list allowed", 4],
];
const KINDS: readonly Kind[] = WEIGHTS.flatMap(([kind, weight]) => Array.from({ length: weight }, () => kind));

export class Generator {
  readonly #lane: string;
  readonly #chance: Chance;
  readonly #model: ServiceModel;
  readonly #recent: EventCall[] = [];
  readonly #lives = new Map<string, number>();
  #events = 0;

  /** Calls of different lanes never meet. */
  constructor(lane: string, chance: Chance, model: ServiceModel) {
    this.#lane = lane;
    this.#chance = chance;
    this.#model = model;
  }

  next(): Call {
    const address = this.#address();
    const kind = this.#kindFor(address);
    switch (kind) {
      case "create":
        return this.#creation(address);
      case "read":
        return { do: kind, ...address, ...this.#maybe(0.4, () => ({ atRevision: this.#revisionNear(address) })) };
      case "label":
        return { do: kind, ...address, ...this.#labelling(), ...this.#maybe(0.2, () => this.#expectRevision(address)) };
      case "override":
        return {
          do: kind,
          ...address,
          state: this.#some(0.04, "") ?? this.#some(0.06, "nowhere") ?? this.#chance.pick(this.#statesOf(address)),
          comment: this.#some(0.05, " ") ?? this.#chance.pick(["by hand", `because of «x», ${CANARY}`]),
          ...this.#maybe(0.5, () => ({ data: this.#data() })),
          ...this.#maybe(0.95, () => this.#expectRevision(address)),
        };
      case "delete":
        return { do: kind, ...address, ...this.#maybe(0.5, () => this.#expectRevision(address)) };
      case "send":
        return { do: kind, event: this.#event(address), isDryRun: this.#has(0.18), byHeaders: this.#has(0.3) };
      case "send many": {
        const events = Array.from({ length: 1 + this.#chance.below(5) }, () => {
          const event = this.#event(this.#has(0.5) ? address : this.#address());
          return this.#has(0.03) ? { ...event, ...this.#chance.pick([{ id: "" }, { configuration: "" }]) } : event;
        });
        return { do: kind, events, isDryRun: this.#has(0.2) };
      }
      case "read event": {
        const recent = this.#has(0.85) ? this.#recent[this.#chance.below(RECENT)] : undefined;
        if (recent === undefined) return { do: kind, ...address, eventId: `${this.#lane} never` };
        const { configuration, id, eventId } = recent;
        const asked = this.#has(0.8) && configuration !== "" && id !== "" ? { configuration, id } : address;
        return { do: kind, ...asked, eventId };
      }
      case "list history":
        return { do: kind, ...address, order: this.#chance.pick(["asc", "desc"] as const), refused: this.#has(0.5) };
      case "list allowed":
        return { do: kind, ...address };
      default:
        return kind satisfies never;
    }
  }

  /** What is final would only refuse, were it not put elsewhere by hand. */
  #kindFor(address: Address): Kind {
    const kind = this.#chance.pick(KINDS);
    const is = this.#model.peek(address);
    return kind === "send" && is && isFinal(is.configuration, is.state) && this.#has(0.5) ? "override" : kind;
  }

  #has(share: number): boolean {
    return this.#chance.next() < share;
  }

  #maybe<T extends object>(share: number, make: () => T): Partial<T> {
    return this.#has(share) ? make() : {};
  }

  #some<T>(share: number, value: T): T | undefined {
    return this.#has(share) ? value : undefined;
  }

  /** A machine of few, some of which are not there; one that is gone makes room after a while. */
  #address(): Address {
    const configuration = this.#has(0.01) ? "unknown" : this.#chance.pick(NAMES);
    if (this.#has(0.1)) {
      const made = { configuration, id: idOfKey(this.#key()) };
      if (this.#model.peek(made) !== undefined) return made;
    }
    const slot = this.#chance.below(SLOTS);
    const place = `${configuration} ${slot}`;
    const life = this.#lives.get(place) ?? 0;
    const address = { configuration, id: `${this.#lane}/${slot} ü%2F.${life}` };
    if (this.#model.isGone(address) && this.#has(0.4)) this.#lives.set(place, life + 1);
    return address;
  }

  #key(): string {
    return `${this.#lane}-key-${this.#chance.below(KEYS)}`;
  }

  #versionsOf({ configuration }: Address): readonly StoredConfiguration[] {
    return CONFIGURATIONS.filter(({ name }) => name === configuration);
  }

  #statesOf(address: Address): readonly string[] {
    const states = this.#versionsOf(address).flatMap((one) => one.states);
    return states.length > 0 ? states : ["start"];
  }

  #creation(address: Address): Call {
    const { id, configuration } = address;
    const named = { do: "create", configuration, ...this.#newMachine(address) } as const;
    // An id that was made of a key is asked for by the key.
    const isMade = id.startsWith("<");
    if (isMade || this.#has(0.25)) return { ...named, key: this.#key() };
    if (this.#has(0.05)) return named;
    return { ...named, id, ...this.#maybe(0.4, () => ({ key: this.#key() })) };
  }

  #newMachine(address: Address): NewMachine {
    return {
      ...this.#maybe(0.2, () => ({ version: this.#chance.pick(["v1", "v2", "v9"]) })),
      ...this.#maybe(0.2, () => ({ state: this.#some(0.1, "nowhere") ?? this.#chance.pick(this.#statesOf(address)) })),
      ...this.#maybe(0.3, () => ({ data: this.#data() })),
      ...this.#maybe(0.3, () => ({ labels: this.#labels() })),
    };
  }

  #labelling(): { readonly set: Labels; readonly remove: readonly string[] } {
    const set = this.#labels();
    const remove = ["shop", "städte", "x"].filter((name) => set[name] === undefined && this.#has(0.3));
    return { set, remove };
  }

  #labels(): Labels {
    const names = ["shop", "städte", "x"].filter(() => this.#has(0.4));
    return Object.fromEntries(names.map((name) => [name, this.#chance.pick(["a", CANARY, ""])]));
  }

  #data(): Data {
    return this.#chance.pick([
      {},
      { a: 1, b: [1, null, { c: "ü" }] },
      { b: [1, null, { c: "ü" }], a: 1 },
      { a: CANARY },
    ]);
  }

  /** Mostly one that is; now and then one that is to come. */
  #revisionNear(address: Address): number {
    return this.#chance.below((this.#model.peek(address)?.revision ?? 0) + 2);
  }

  #expectRevision(address: Address): { readonly expectedRevision: number } {
    const is = this.#model.peek(address)?.revision ?? 0;
    return { expectedRevision: this.#has(0.75) ? is : this.#revisionNear(address) };
  }

  #event(address: Address): EventCall {
    const before = this.#has(0.25) ? this.#recent[this.#chance.below(RECENT)] : undefined;
    const event = before === undefined ? this.#newEvent(address) : this.#again(before, address);
    this.#recent[this.#chance.below(RECENT)] = event;
    return event;
  }

  /** The same event, or another with its id; to the same machine, or to another. */
  #again(before: EventCall, address: Address): EventCall {
    const fresh = this.#newEvent(address);
    const asks = this.#has(0.3) ? fresh : before;
    const { expectedRevision: _revision, expectedState: _state, ...same } = before;
    const event = this.#chance.pick([
      ...Array.from({ length: 6 }, () => same),
      { ...same, data: this.#data() },
      { ...same, details: CANARY },
      { ...same, event: fresh.event },
      { ...fresh, eventId: before.eventId },
    ]);
    const { configuration, id } = this.#has(0.8) ? before : address;
    return {
      ...event,
      configuration,
      id,
      ...(asks.originator !== undefined && { originator: asks.originator }),
      ...(asks.createIfMissing !== undefined && { createIfMissing: asks.createIfMissing }),
      ...this.#maybe(0.2, () => this.#expectRevision({ configuration, id })),
    };
  }

  #newEvent(address: Address): EventCall {
    this.#events += 1;
    const is = this.#model.peek(address);
    return {
      ...address,
      event: this.#eventName(address),
      eventId: this.#some(0.01, "timer:1") ?? `${this.#lane} e${this.#events}`,
      ...this.#maybe(0.3, () => ({ data: this.#data() })),
      ...this.#maybe(0.3, () => ({ details: this.#chance.pick(["", `by post, ${CANARY}`]) })),
      ...this.#maybe(0.2, () => ({ originator: this.#some(0.05, "timer") ?? CANARY })),
      ...this.#maybe(0.12, () => ({ expectedState: this.#has(0.7) && is ? is.state : "pending" })),
      ...this.#maybe(0.15, () => this.#expectRevision(address)),
      ...this.#maybe(is === undefined ? 0.85 : 0.1, () => ({ createIfMissing: this.#newMachine(address) })),
    };
  }

  #eventName(address: Address): string {
    if (this.#has(0.02)) return "";
    if (this.#has(0.06)) return this.#chance.pick(["fly", "toString"]);
    const is = this.#model.peek(address);
    const known = is ? [is.configuration] : this.#versionsOf(address);
    const names = known.flatMap((raw) => allEvents(raw));
    const possible = is ? names.filter((name) => expectStep(is.configuration, is.state, name).ok) : [];
    if (possible.length > 0 && this.#has(0.8)) return this.#chance.pick(possible);
    return names.length > 0 ? this.#chance.pick(names) : "accept";
  }
}
