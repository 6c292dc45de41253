/** A kit: one configuration on one target, the scenarios that are written on it, and what they have seen. */
import type { Configuration } from "../engine/configuration.ts";
import { checkConfiguration, loadConfiguration, type Loaded } from "./configuration.ts";
import { Coverage, type CoverageExceptions } from "./coverage.ts";
import type { Creation, None } from "./creation.ts";
import { fuzz, type Fuzzed, type FuzzOptions } from "./fuzz.ts";
import { matchGoldenOf, prefixOf, type GoldenOptions } from "./golden.ts";
import { inMemory } from "./memory.ts";
import { requireNode } from "./node-version.ts";
import { runSteps, type Outcome } from "./run-steps.ts";
import { GivenBuilder, type Desk } from "./scenario-builder.ts";
import { ScenarioError, siteHere } from "./scenario-error.ts";
import type { Given } from "./scenario.ts";
import { drawSeen } from "./seen-diagram.ts";
import { Seen } from "./seen.ts";
import type { Site, Step } from "./step.ts";
import type { Table } from "./table.ts";
import type { Subject, Target } from "./target.ts";
import type { AnyTypes, KitTypes, StateOf } from "./types.ts";
import { walk, type Walk, type WalkOptions } from "./walk.ts";

export interface KitOptions {
  /** Where machines are. Default: `inMemory()`. */
  readonly target?: Target;
}

/** The golden files of a kit, and what is drawn in them besides its scenarios. */
export interface KitGoldenOptions extends GoldenOptions {
  /** Walks or fuzzes whose steps are drawn, too. */
  readonly also?: readonly { readonly seen: Seen }[];
}

/** A configuration by its `name:version`, stored on the target. */
export interface StoredConfiguration {
  readonly configId: string;
}

/**
 * Makes a kit for a configuration: the object, YAML or JSON as text, the URL of a file of either, or `{ configId }` of one
 * that is stored on a service. Throws a ConfigurationError that says everything that is wrong with it, or a UsageError.
 */
export function createKit<T extends KitTypes = AnyTypes>(
  configuration: object | string | URL | StoredConfiguration,
  { target = inMemory() }: KitOptions = {},
): Kit<T> {
  requireNode();
  const isStored = typeof configuration === "object" && "configId" in configuration;
  return new Kit<T>(target, isStored ? configuration.configId : loadConfiguration(configuration));
}

interface KitParts {
  /** Calls off whatever waits. */
  readonly signal?: AbortSignal | undefined;
  /** Whose the golden files are: kits that are one and the same in this. Default: the kit's own. */
  readonly owner?: unknown;
}

interface Opened {
  readonly subject: Subject;
  readonly configuration: Configuration;
}

export class Kit<T extends KitTypes = AnyTypes> {
  readonly #target: Target;
  readonly #given: Loaded | string;
  readonly #signal: AbortSignal | undefined;
  readonly #owner: unknown;
  readonly #seen = new Seen();
  readonly #open = new Map<object, Site>();
  #opening: Promise<Opened> | undefined;

  constructor(target: Target, given: Loaded | string, { signal, owner = this }: KitParts = {}) {
    this.#target = target;
    this.#given = given;
    this.#signal = signal;
    this.#owner = owner;
  }

  /** Begins a scenario: with a new machine, `create(...)`, or without one, `none()`. */
  given(beginning: Creation<StateOf<T>> | None): Given<T> {
    const desk: Desk = { open: this.#open, run: (steps) => this.runSteps(steps) };
    // What runs is the same for all types; they only narrow what a test may write.
    return new GivenBuilder(desk, beginning, siteHere()) as unknown as Given<T>;
  }

  /** Runs steps that were put together otherwise, as those of a file of scenarios. */
  async runSteps(steps: readonly Step[]): Promise<Outcome> {
    const { subject } = await this.#start();
    return await runSteps({ subject, seen: this.#seen, signal: this.#signal }, steps);
  }

  /** What the scenarios so far have reached, and what not. Rejects where one was written and never run. */
  async coverage(): Promise<Coverage> {
    return await this.#cover(siteHere());
  }

  /** Rejects with a ScenarioError unless the scenarios have reached every state and every transition. */
  async assertCovered(exceptions: CoverageExceptions = {}): Promise<void> {
    const site = siteHere();
    const problems = (await this.#cover(site)).listProblems(exceptions);
    if (problems.length > 0) throw new ScenarioError({ message: problems.join("\n"), site });
  }

  /** Tries, from everything that a machine can be, everything that can be done: see docs/testing.md for what that is. */
  async walk(options: WalkOptions = {}): Promise<Walk> {
    const site = siteHere();
    const { subject, configuration } = await this.#start();
    return await walk(subject, configuration, options, site);
  }

  /** Every state and every event, no machine and creation included: what comes of each pair. */
  async table(options: WalkOptions = {}): Promise<Table> {
    return (await this.walk(options)).table();
  }

  /** Lets random things happen to machines. */
  async fuzz(options: FuzzOptions = {}): Promise<Fuzzed> {
    const site = siteHere();
    const { subject, configuration } = await this.#start();
    return await fuzz(subject, configuration, options, site);
  }

  /** What the scenarios have seen, as mermaid; with refusals and their reasons if wanted. */
  async diagram({
    withRefusals = false,
    also = [],
  }: { withRefusals?: boolean } & KitGoldenOptions = {}): Promise<string> {
    this.#refuseUnrun(siteHere());
    const { configuration } = await this.#start();
    const seen = new Seen();
    for (const one of [{ seen: this.#seen }, ...also]) seen.addAll(one.seen);
    return drawSeen(configuration, seen, withRefusals);
  }

  /**
   * Compares what the scenarios have seen with the golden files `<name>.state_diagram.mmd` and
   * `<name>.state_diagram_with_errors.mmd`. `place` is `import.meta.url` of the test, beside which they stand under its name, or
   * a path that they begin with. Rejects with a UsageError where another kit has them, and has seen something else.
   */
  async golden(place: string | URL, options: KitGoldenOptions = {}): Promise<void> {
    const site = siteHere();
    this.#refuseUnrun(site);
    const prefix = prefixOf(place);
    const keeper = { site, owner: this.#owner };
    await matchGoldenOf(`${prefix}.state_diagram.mmd`, await this.diagram(options), options, keeper);
    const withErrors = await this.diagram({ ...options, withRefusals: true });
    await matchGoldenOf(`${prefix}.state_diagram_with_errors.mmd`, withErrors, options, keeper);
  }

  async #cover(site: Site): Promise<Coverage> {
    this.#refuseUnrun(site);
    const { configuration } = await this.#start();
    return new Coverage(configuration, this.#seen);
  }

  /** A scenario that nobody awaits tests nothing, and looks as if it did. */
  #refuseUnrun(site: Site): void {
    const sites = [...this.#open.values()].map(({ stack = "" }) => /\n\s+at (.*)/.exec(stack)?.[1] ?? "somewhere");
    if (sites.length === 0) return;
    const message = `scenarios were written and never awaited:\n  ${sites.join("\n  ")}`;
    throw new ScenarioError({ message, site });
  }

  #start(): Promise<Opened> {
    this.#opening ??= this.#openTarget();
    return this.#opening;
  }

  async #openTarget(): Promise<Opened> {
    const { source, compiled } = typeof this.#given === "string" ? await this.#find(this.#given) : this.#given;
    return { subject: await this.#target.open(source, this.#signal), configuration: compiled };
  }

  async #find(configId: string): Promise<Loaded> {
    const source = await this.#target.findConfiguration(configId, this.#signal);
    return checkConfiguration(source, (pointer) => `${configId}${pointer}`);
  }
}
