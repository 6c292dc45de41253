/** One transition of an XState machine: its target, its guard, its actions. */
import type { TransitionSource } from "../engine/configuration.ts";
import { quote } from "../engine/names.ts";
import type { ReaderOptions } from "./import-state.ts";
import { ASSIGN_ACTION, CEL_GUARD, isFields, OWN_META, show } from "./words.ts";

/** What sets a transition off. */
export interface Trigger {
  /** `*`: in every state. */
  readonly state: string;
  readonly event: string;
  /** The state has delays, which begin anew when it is entered again. */
  readonly isTimed: boolean;
}

const KNOWN = ["target", "guard", "cond", "actions", "internal", "reenter", "description", "meta"];
/** Functions of XState 5 that make one guard of several. */
const COMBINING = ["and", "or", "not"];
/** What a function that is written in place is called: its property's name, or what docs/xstate.md writes for none. */
const UNNAMED = ["guard", "cond", "function"];
/** Actions that decide when they run what is done, which may be a `raise`. */
const DECIDING = ["enqueueActions", "xstate.enqueueActions", "xstate.pure", "xstate.choose"];

export class TransitionReader {
  readonly #options: ReaderOptions;
  /** Names that a guard has had already which are no function's own. */
  readonly #unnamed = new Set<string>();

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** A target, a transition, or a list of transitions that are tried in their order. */
  readAll(value: unknown, pointer: string, trigger: Trigger): TransitionSource[] {
    if (!Array.isArray(value)) return this.#read(value, pointer, trigger);
    return (value as unknown[]).flatMap((one, index) => this.#read(one, `${pointer}/${index}`, trigger));
  }

  #read(value: unknown, pointer: string, trigger: Trigger): TransitionSource[] {
    const { report } = this.#options;
    const fields = typeof value === "string" ? { target: value } : value;
    if (!isFields(fields)) {
      report("error", pointer, "a transition must be a target or a map");
      return [];
    }
    for (const key of Object.keys(fields)) {
      if (!KNOWN.includes(key))
        report("error", `${pointer}/${key}`, `${quote(key)} of a transition has no counterpart`);
    }
    if (fields["description"] !== undefined) report("warning", `${pointer}/description`, "description is left out");
    const to = this.#readTarget(fields, pointer, trigger);
    const guard = this.#readGuard(fields, pointer);
    const assign = this.#readActions(fields["actions"], `${pointer}/actions`);
    if (to === undefined) return [];
    const { state: from, event } = trigger;
    return [
      {
        from,
        to,
        event,
        ...(guard !== undefined && { guard }),
        ...(assign !== undefined && { assign }),
        ...this.#readMeta(fields["meta"], `${pointer}/meta`),
      },
    ];
  }

  #readTarget(fields: Record<string, unknown>, pointer: string, { state, isTimed }: Trigger): string | undefined {
    const { report } = this.#options;
    const targets = Array.isArray(fields["target"]) ? (fields["target"] as unknown[]) : [fields["target"]];
    const [target, second] = targets;
    const at = `${pointer}/target`;
    if (second !== undefined) report("error", at, "several targets at once have no counterpart");
    if (target === undefined || target === null) {
      if (state === "*" || isTimed) {
        const why =
          state === "*" ? "would have to stay in whichever state it is" : "would start the delays of its state anew";
        report("error", pointer, `a transition without a target ${why}`);
        return undefined;
      }
      report("warning", pointer, "a transition without a target leads back into its state, with a revision of its own");
      return state;
    }
    const found = typeof target === "string" ? this.#resolve(target, state) : undefined;
    if (found === undefined) {
      const isUndotted =
        state === "*" && typeof target === "string" && this.#resolve(`.${target}`, state) !== undefined;
      const hint = isUndotted ? `: from the machine itself write ${quote(`.${target}`)}` : "";
      report("error", at, `${show(target)} is none of the states${hint}`);
    }
    if (found === state && isTimed && fields["reenter"] !== true && fields["internal"] !== false) {
      report("warning", at, "the delays of the state begin anew; in XState v5 only with reenter: true");
    }
    return found;
  }

  /** A sibling's name, an id after `#`, or, of the machine itself, a child after a dot. */
  #resolve(target: string, state: string): string | undefined {
    const { states, ids } = this.#options.names;
    if (target.startsWith("#")) return ids.get(target.slice(1));
    const isChild = target.startsWith(".");
    // Relative to the machine itself there are no siblings, and below a state there is nothing.
    if (isChild !== (state === "*")) return undefined;
    const name = (isChild ? target.slice(1) : target).replaceAll(/\\(.)/g, "$1");
    return states.has(name) ? name : undefined;
  }

  #readGuard({ guard, cond }: Record<string, unknown>, pointer: string): string | undefined {
    const { guards, report } = this.#options;
    const given = guard ?? cond;
    if (given === undefined || given === null) return undefined;
    const at = `${pointer}/${guard === undefined ? "cond" : "guard"}`;
    const { type, params }: Record<string, unknown> = isFields(given) ? given : { type: given };
    if (type === CEL_GUARD && isFields(params) && typeof params["expression"] === "string") return params["expression"];
    if (typeof type !== "string") {
      report("error", at, "a guard must have a name, for which --guard gives an expression");
      return undefined;
    }
    if (isFields(given) && COMBINING.includes(type)) {
      report("error", at, `${quote(type)} combines guards: write them as one with a name, for --guard`);
      return undefined;
    }
    if (isFields(given) && type === "stateIn") {
      report("error", at, "stateIn has no counterpart: one state at a time");
      return undefined;
    }
    if (isFields(given) && UNNAMED.includes(type)) {
      // What is called so by chance is another function each time: one expression would open what another guard closes.
      if (this.#unnamed.has(type)) {
        report("error", at, `another guard is called ${quote(type)}, too: give each function a name of its own`);
        return undefined;
      }
      this.#unnamed.add(type);
    }
    const expression = guards.get(type);
    if (expression === undefined) {
      report("error", at, `the guard ${quote(type)} needs an expression: --guard '${type}=data.total > 0'`);
    } else if (params !== undefined) report("warning", `${at}/params`, "the parameters of the guard are left out");
    return expression;
  }

  #readActions(actions: unknown, pointer: string): Record<string, string> | undefined {
    const { report } = this.#options;
    if (actions === undefined || actions === null) return undefined;
    let assign: Record<string, string> | undefined;
    const list = Array.isArray(actions) ? (actions as unknown[]) : [actions];
    for (const [index, action] of list.entries()) {
      const at = Array.isArray(actions) ? `${pointer}/${index}` : pointer;
      const { type, params }: Record<string, unknown> = isFields(action) ? action : { type: action };
      const name = typeof type === "string" ? type : "function";
      const fields = isFields(params) ? params["fields"] : undefined;
      if (name === ASSIGN_ACTION && isFields(fields)) assign = fields as Record<string, string>;
      else if (/^(?:xstate\.)?raise$/.test(name)) {
        report("error", at, "raise has no counterpart: a machine sends itself nothing but what is timed");
      } else if (name === "xstate.send" && isFields(action) && (action["to"] ?? null) === null) {
        report("error", at, "what v4 sends to the machine itself has no counterpart");
      } else {
        const raised = DECIDING.includes(name) ? ", with the events that it may raise" : "";
        const message = `the action ${quote(name)} is left out${raised}: what a change sets off is done by who consumes the transitions`;
        report("warning", at, message);
      }
    }
    return assign;
  }

  #readMeta(meta: unknown, pointer: string): Pick<TransitionSource, "after" | "deadline"> {
    const { report } = this.#options;
    if (meta === undefined) return {};
    const { [OWN_META]: own, ...others } = isFields(meta) ? meta : {};
    if (Object.keys(others).length > 0) report("warning", pointer, "meta is left out");
    if (!isFields(own)) return {};
    const { after, deadline } = own;
    return {
      ...(typeof after === "string" && { after }),
      ...(typeof deadline === "string" && { deadline }),
    };
  }
}
