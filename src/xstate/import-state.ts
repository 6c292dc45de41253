/** The transitions of one state of an XState machine, whatever they hang from: events, delays, the end of invoked work. */
import type { TransitionSource } from "../engine/configuration.ts";
import { toPointer } from "../engine/finding.ts";
import { quote } from "../engine/names.ts";
import type { ConversionFinding } from "./finding.ts";
import { TransitionReader, type Trigger } from "./import-transition.ts";
import { formatDuration, isFields, OWN_META, show } from "./words.ts";

/** By what states are named. */
export interface Names {
  readonly states: ReadonlySet<string>;
  /** An id, without its `#`, and the state that has it. */
  readonly ids: ReadonlyMap<string, string>;
}

export interface ReaderOptions {
  readonly names: Names;
  readonly guards: ReadonlyMap<string, string>;
  readonly delays: ReadonlyMap<string, string>;
  readonly report: (severity: ConversionFinding["severity"], pointer: string, message: string) => void;
}

const KNOWN = ["id", "type", "history", "states", "initial", "on", "after", "invoke", "meta"];
/** What others do from now on. */
const EFFECTS = ["entry", "exit", "activities", "invoke", "onEntry", "onExit"];
/** What tells of a state and does nothing. */
const REMARKS = ["description", "tags", "meta", "output", "data"];

export class StateReader {
  readonly #options: ReaderOptions;
  readonly #transitions: TransitionReader;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#transitions = new TransitionReader(options);
  }

  /** The transitions of a state, in the order in which XState tries them. */
  readState(state: string, node: unknown): TransitionSource[] {
    const { report } = this.#options;
    const pointer = toPointer("states", state);
    if (!isFields(node)) {
      report("error", pointer, "a state must be a map");
      return [];
    }
    this.#checkKind(node, pointer);
    this.checkOthers(node, pointer, KNOWN);
    const isTimed = isFields(node["after"]) || Array.isArray(node["after"]);
    const trigger = { state, isTimed };
    const on = this.#readEvents(node["on"], `${pointer}/on`, trigger);
    const after = this.#readDelays(node["after"], `${pointer}/after`, trigger, on);
    const found = [...on, ...after, ...this.#readInvoked(node["invoke"], `${pointer}/invoke`, trigger)];
    if (node["type"] === "final" && found.length > 0) {
      report("error", pointer, `${quote(state)} is final and has transitions, which XState passes over`);
    }
    return found;
  }

  /** What may happen in every state: the `on` of the machine itself. */
  readRoot(on: unknown): TransitionSource[] {
    return this.#readEvents(on, "/on", { state: "*", isTimed: false });
  }

  /** Tells of members that are not taken over, and of those that nobody knows. */
  checkOthers(node: Record<string, unknown>, pointer: string, known: readonly string[]): void {
    const { report } = this.#options;
    for (const [key, value] of Object.entries(node)) {
      const at = pointer + toPointer(key);
      const isEmpty = value === undefined || (Array.isArray(value) && value.length === 0);
      const isOurs = key === "meta" && isFields(value) && Object.keys(value).every((member) => member === OWN_META);
      if (isEmpty || isOurs) continue;
      if (EFFECTS.includes(key)) {
        report("warning", at, `${key} is left out: what a change sets off is done by who consumes the transitions`);
      } else if (REMARKS.includes(key)) report("warning", at, `${key} is left out`);
      else if (key === "always")
        report("error", at, "always has no counterpart: a machine moves by events and by time");
      else if (key === "after" && pointer === "")
        report("error", at, "a delay of the whole machine has no counterpart");
      else if (!known.includes(key)) report("error", at, `${quote(key)} has no counterpart`);
    }
  }

  #checkKind({ type, history = false, states, initial }: Record<string, unknown>, pointer: string): void {
    const { report } = this.#options;
    if (type === "history" || history !== false) report("error", pointer, "a history state has no counterpart");
    else if (type === "parallel") report("error", `${pointer}/type`, "parallel states have no counterpart");
    else if (isFields(states) && Object.keys(states).length > 0) {
      report("error", `${pointer}/states`, "nested states have no counterpart: write them side by side");
    } else if (type !== undefined && type !== "atomic" && type !== "final") {
      report("error", `${pointer}/type`, `${show(type)} is no type of a state that is converted`);
    } else if (initial !== undefined)
      report("error", `${pointer}/initial`, "there are no states that it could be one of");
  }

  #readEvents(on: unknown, pointer: string, trigger: Omit<Trigger, "event">): TransitionSource[] {
    const { report } = this.#options;
    if (on === undefined) return [];
    if (!isFields(on)) {
      report("error", pointer, "on must be a map of events");
      return [];
    }
    return Object.entries(on).flatMap(([event, value]) => {
      const at = pointer + toPointer(event);
      if (event === "") report("error", at, "a transition without an event has no counterpart");
      else if (event === "*" || event.endsWith(".*")) {
        report("error", at, `${quote(event)} stands for many events: write each of them`);
      } else return this.#transitions.readAll(value, at, { ...trigger, event });
      return [];
    });
  }

  /** Delays have no event in XState. Here each has one, which it shares with no other of its state. */
  #readDelays(
    after: unknown,
    pointer: string,
    trigger: Omit<Trigger, "event">,
    on: readonly TransitionSource[],
  ): TransitionSource[] {
    const { report } = this.#options;
    if (after === undefined) return [];
    return listDelayed(after, pointer).flatMap(({ delay, value, at }) => {
      const list = listByEvent(value, at);
      // An export has it among the events, too, since callers may send it.
      const news = list.filter(({ own }) => !on.some((other) => other.event === own && hasTimer(other)));
      const duration = news.length > 0 ? this.#readDelay(delay, at) : undefined;
      if (duration === undefined) return [];
      return news.flatMap(({ own, ways }) => {
        const event = own ?? `after_${duration}`;
        if (on.some((other) => other.event === event)) {
          report("error", at, `the event of this delay would be ${quote(event)}, which the state has already`);
        }
        const read = ways.flatMap((way) => this.#transitions.readAll(way.value, way.at, { ...trigger, event }));
        const [first, ...others] = read;
        // Of several that are due together one timer tells: its event tries them in their order.
        return first === undefined ? [] : [{ ...first, after: duration }, ...others];
      });
    });
  }

  #readDelay(delay: unknown, at: string): string | undefined {
    const { delays, report } = this.#options;
    const name = typeof delay === "number" ? String(delay) : delay;
    if (typeof name !== "string") {
      report("error", at, "a delay is a number of milliseconds or a name");
      return undefined;
    }
    if (/^\d+$/.test(name)) return formatDuration(Number(name));
    const duration = delays.get(name);
    if (duration === undefined)
      report("error", at, `the delay ${quote(name)} needs a duration: --delay '${name}=PT5M'`);
    return duration;
  }

  #readInvoked(invoke: unknown, pointer: string, trigger: Omit<Trigger, "event">): TransitionSource[] {
    const { report } = this.#options;
    if (invoke === undefined) return [];
    const list = Array.isArray(invoke) ? (invoke as unknown[]) : [invoke];
    return list.flatMap((one, index) => {
      if (!isFields(one)) return [];
      const at = Array.isArray(invoke) ? `${pointer}/${index}` : pointer;
      if (one["onSnapshot"] !== undefined) report("error", `${at}/onSnapshot`, "onSnapshot has no counterpart");
      const name = nameOfInvoked(one);
      return (["onDone", "onError"] as const).flatMap((when) => {
        if (one[when] === undefined) return [];
        const event = `${when === "onDone" ? "done" : "error"}.${name}`;
        report("warning", `${at}/${when}`, `${quote(event)} is an event from now on: who does the work sends it`);
        return this.#transitions.readAll(one[when], `${at}/${when}`, { ...trigger, event });
      });
    });
  }
}

/** `{1000: ...}`, or v4's list of `{delay: 1000, ...}`. */
function listDelayed(after: unknown, pointer: string) {
  if (!Array.isArray(after)) {
    return Object.entries(isFields(after) ? after : {}).map(([delay, value]) => {
      return { delay, value, at: pointer + toPointer(delay) };
    });
  }
  return (after as unknown[]).map((one, index) => {
    const { delay, ...value } = isFields(one) ? one : {};
    return { delay, value, at: `${pointer}/${index}` };
  });
}

/** What stands under a delay, by the event that an export has marked it with. */
function listByEvent(value: unknown, at: string) {
  const list = Array.isArray(value)
    ? (value as unknown[]).map((one, index) => ({ value: one, at: `${at}/${index}` }))
    : [{ value, at }];
  const byEvent = Map.groupBy(list, (way) => ownEventOf(way.value));
  return Array.from(byEvent, ([own, ways]) => ({ own, ways }));
}

function ownEventOf(transition: unknown): string | undefined {
  const meta = isFields(transition) && isFields(transition["meta"]) ? transition["meta"][OWN_META] : undefined;
  return isFields(meta) && typeof meta["event"] === "string" ? meta["event"] : undefined;
}

function hasTimer({ after, deadline }: TransitionSource): boolean {
  return (after ?? deadline) !== undefined;
}

function nameOfInvoked({ id, src }: Record<string, unknown>): string {
  if (typeof id === "string") return id;
  if (typeof src === "string") return src;
  const type = isFields(src) ? src["type"] : undefined;
  // A function that is written in place is called like its property.
  return typeof type === "string" && type !== "src" && type !== "function" ? type : "work";
}
