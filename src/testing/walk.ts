/** What a walk through a configuration has found, and how it is asked for. */
import type { Configuration } from "../engine/configuration.ts";
import { Coverage, type CoverageExceptions } from "./coverage.ts";
import { describeAction } from "./describe.ts";
import { explore, type Exploration } from "./explore.ts";
import type { Check } from "./invariants.ts";
import { show } from "./match.ts";
import { readSamples, type SampleOptions } from "./samples.ts";
import { ScenarioError } from "./scenario-error.ts";
import type { Seen } from "./seen.ts";
import type { Site } from "./step.ts";
import { Table } from "./table.ts";
import type { Subject } from "./target.ts";

export interface WalkOptions extends SampleOptions {
  /** A rule of one's own, asked for the machine after every step: it throws, or answers false, where it is broken. */
  readonly check?: Check;
  /** Of each state so many situations are gone on from. Default: 20. */
  readonly situationsPerState?: number;
  /** Steps that are tried in all. Default: 20,000. */
  readonly mostTries?: number;
}

const SITUATIONS_PER_STATE = 20;
const MOST_TRIES = 20_000;

/** Walks; rejects with a ScenarioError at a step that breaks what holds for every machine, or the test's own rule. */
export async function walk(
  subject: Subject,
  configuration: Configuration,
  { check, situationsPerState = SITUATIONS_PER_STATE, mostTries = MOST_TRIES, ...samples }: WalkOptions,
  site: Site,
): Promise<Walk> {
  const options = { samples: readSamples(configuration, samples), check, situationsPerState, mostTries, site };
  return new Walk(configuration, await explore(subject, configuration, options), site);
}

export class Walk {
  /** Everything that has happened. */
  readonly seen: Seen;
  /** Situations that were gone on from: a state with its data, what waits and what is due. */
  readonly situations: number;
  /** Steps that were tried. */
  readonly tries: number;
  /** Why there may be more than was tried, a sentence each; none: from every situation everything was tried. */
  readonly cuts: readonly string[];
  readonly #configuration: Configuration;
  readonly #exploration: Exploration;
  readonly #site: Site;

  constructor(configuration: Configuration, exploration: Exploration, site: Site) {
    ({ seen: this.seen, situations: this.situations, tries: this.tries, cuts: this.cuts } = exploration);
    this.#configuration = configuration;
    this.#exploration = exploration;
    this.#site = site;
  }

  /** States that no way led to, not even a creation, as far as was tried: where there are `cuts`, there may be one. */
  get unreached(): readonly string[] {
    return this.#configuration.states.filter((state) => !this.#exploration.ways.has(state));
  }

  /** States to which no event led, as far as was tried: machines had to be created in them. */
  get created(): readonly string[] {
    const { ways } = this.#exploration;
    const isCreated = (state: string): boolean => {
      const way = ways.get(state);
      return way?.by === "creation" && way.path.length === 1;
    };
    return this.#configuration.states.filter(isCreated);
  }

  /** A shortest way to a state, in words; undefined: none was found. */
  wayTo(state: string): readonly string[] | undefined {
    return this.#exploration.ways.get(state)?.path.map(describeAction);
  }

  /** What was reached by walking, as coverage by scenarios is told. */
  coverage(): Coverage {
    return new Coverage(this.#configuration, this.seen);
  }

  table(): Table {
    return new Table(this.#configuration, this.seen, this.cuts);
  }

  /** Throws a ScenarioError unless events led to every state and every transition was taken. */
  assertCovered(exceptions: CoverageExceptions = {}): void {
    const problems = this.coverage().listProblems(exceptions);
    if (problems.length === 0) return;
    const hints = this.cuts.map((cut) => `(${cut})`);
    throw new ScenarioError({
      message: ["a walk by these samples leaves out:", ...problems, ...hints].join("\n  "),
      site: this.#site,
    });
  }

  /** For reading. */
  toString(): string {
    const { situations, tries, cuts, unreached, created } = this;
    return [
      `${situations} situations, ${tries} steps tried`,
      this.coverage().toString(),
      ...unreached.map((state) => `${cuts.length === 0 ? "no way to" : "no way was found to"} ${show(state)}`),
      ...created.map((state) => `only by creation: ${show(state)}`),
      ...cuts,
    ].join("\n");
  }
}
