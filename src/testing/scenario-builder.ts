/** Collects the steps of a scenario. What may follow what is the types' to say; what they cannot is refused here. */
import { parseDuration } from "../engine/duration.ts";
import type { Creation, None, Unchecked } from "./creation.ts";
import { show } from "./match.ts";
import type { Outcome } from "./run-steps.ts";
import { ScenarioError, siteHere } from "./scenario-error.ts";
import type { SendOptions, StateOptions } from "./scenario.ts";
import type { Action, Expected, RefusalMatch, Site, Step } from "./step.ts";

/** What a kit has to do with the scenarios that are written on it. */
export interface Desk {
  run(steps: readonly Step[]): Promise<Outcome>;
  /** Scenarios, and branches of forks, that were written, and neither run nor answered nor gone on with. */
  readonly open: Map<object, Site>;
}

type Make<N> = (steps: readonly Step[], site: Site) => N;

/** What a step is that has no expectation yet. */
class Pending<N> {
  readonly #desk: Desk;
  readonly #steps: readonly Step[];
  readonly #action: Action;
  readonly #make: Make<N>;

  constructor(
    desk: Desk,
    steps: readonly Step[],
    { action, make, site }: { action: Action; make: Make<N>; site: Site },
  ) {
    this.#desk = desk;
    this.#steps = steps;
    this.#action = action;
    this.#make = make;
    desk.open.set(this, site);
  }

  thenState(state: string, options: StateOptions = {}): N {
    return this.#expect({ kind: "state", state, ...options }, siteHere());
  }

  thenRefused(reason?: string, options: RefusalMatch = {}): N {
    const expected = { kind: "refused", ...(reason !== undefined && { reason }), ...options } as const;
    return this.#expect(expected, siteHere());
  }

  thenIgnored(): N {
    return this.#expect({ kind: "ignored" }, siteHere());
  }

  thenDeferred(): N {
    return this.#expect({ kind: "deferred" }, siteHere());
  }

  thenDuplicate(): N {
    return this.#expect({ kind: "duplicate" }, siteHere());
  }

  thenGone(): N {
    return this.#expect({ kind: "gone" }, siteHere());
  }

  /** Awaited without an expectation, it would check nothing, and look as if it had. */
  // oxlint-disable-next-line unicorn/no-thenable -- so that it is refused
  then<R>(_done: unknown, failed?: ((error: unknown) => R) | null): Promise<R> {
    const site = this.#desk.open.get(this) ?? {};
    this.#desk.open.delete(this);
    const message = "a step says what it does, and not what is expected then: thenState(...), thenRefused(...), ...";
    const error = new ScenarioError({ message, site });
    return failed ? Promise.resolve(failed(error)) : Promise.reject(error);
  }

  #expect(expected: Expected, site: Site): N {
    this.#desk.open.delete(this);
    return this.#make([...this.#steps, { kind: "action", action: this.#action, expected, site }], site);
  }
}

/** What all that may go on have. */
abstract class Writer<N> {
  protected readonly desk: Desk;
  protected readonly steps: readonly Step[];

  constructor(desk: Desk, steps: readonly Step[]) {
    this.desk = desk;
    this.steps = steps;
  }

  protected abstract next(steps: readonly Step[], site: Site): N;

  when(event: string | Unchecked | Creation, options: SendOptions = {}): Pending<N> {
    return this.#pend(toAction(event, options), siteHere());
  }

  after(duration: string): Pending<N> {
    const ms = parseDuration(duration);
    if (ms === undefined) throw new TypeError(`after takes a duration like PT30M or 30m, but not ${show(duration)}`);
    return this.#pend({ kind: "pass", ms, text: duration }, siteHere());
  }

  fork(name: string, write: (it: BranchBuilder) => unknown): N {
    const site = siteHere();
    const written = write(new BranchBuilder(this.desk, []));
    if (!(written instanceof BranchBuilder)) {
      throw new TypeError(
        `the fork ${show(name)} must answer what it has written: (it) => it.when(...).thenState(...)`,
      );
    }
    const steps = written.finish();
    if (steps.length === 0) throw new TypeError(`the fork ${show(name)} has no step`);
    return this.#goOn([...this.steps, { kind: "fork", name, steps, site }], site);
  }

  #pend(action: Action, site: Site): Pending<N> {
    this.desk.open.delete(this);
    return new Pending<N>(this.desk, this.steps, { action, site, make: (steps, at) => this.next(steps, at) });
  }

  #goOn(steps: readonly Step[], site: Site): N {
    this.desk.open.delete(this);
    return this.next(steps, site);
  }
}

class BranchBuilder extends Writer<BranchBuilder> {
  readonly isBranch = true;

  /** `site`: where its last step was written; from then on it is to be answered, or gone on with. */
  constructor(desk: Desk, steps: readonly Step[], site?: Site) {
    super(desk, steps);
    if (site !== undefined) desk.open.set(this, site);
  }

  finish(): readonly Step[] {
    this.desk.open.delete(this);
    return this.steps;
  }

  protected next(steps: readonly Step[], site: Site): BranchBuilder {
    return new BranchBuilder(this.desk, steps, site);
  }
}

class ScenarioBuilder extends Writer<ScenarioBuilder> {
  constructor(desk: Desk, steps: readonly Step[], site: Site) {
    super(desk, steps);
    desk.open.set(this, site);
  }

  async run(): Promise<Outcome> {
    this.desk.open.delete(this);
    return await this.desk.run(this.steps);
  }

  // oxlint-disable-next-line unicorn/no-thenable -- awaiting a scenario is how it is run
  then<A, B>(...handlers: Parameters<Promise<Outcome>["then"]>): Promise<A | B> {
    return this.run().then(...handlers) as Promise<A | B>;
  }

  protected next(steps: readonly Step[], site: Site): ScenarioBuilder {
    return new ScenarioBuilder(this.desk, steps, site);
  }
}

/** The beginning: its step is there already, and may be given an expectation instead of none. */
export class GivenBuilder extends ScenarioBuilder {
  readonly #action: Action;

  constructor(desk: Desk, beginning: Creation | None, site: Site) {
    const action = beginning.kind === "none" ? beginning : toAction(beginning, {});
    super(desk, [{ kind: "action", action, site }], site);
    this.#action = action;
  }

  thenState(state: string, options: StateOptions = {}): ScenarioBuilder {
    return this.#expect({ kind: "state", state, ...options }, siteHere());
  }

  thenRefused(reason?: string, options: RefusalMatch = {}): ScenarioBuilder {
    const expected = { kind: "refused", ...(reason !== undefined && { reason }), ...options } as const;
    return this.#expect(expected, siteHere());
  }

  #expect(expected: Expected, site: Site): ScenarioBuilder {
    if (this.#action.kind === "none") throw new TypeError("given(none()) does nothing of which anything could become");
    this.desk.open.delete(this);
    return this.next([{ kind: "action", action: this.#action, expected, site }], site);
  }
}

function toAction(event: string | Unchecked | Creation, options: SendOptions): Action {
  if (typeof event === "string") return { kind: "send", event, ...options };
  if (event.kind === "unchecked") return { kind: "send", event: event.event, ...options };
  const { state, data, labels } = event;
  return {
    kind: "create",
    ...(state !== undefined && { state }),
    ...(data !== undefined && { data }),
    ...(labels !== undefined && { labels }),
  };
}
