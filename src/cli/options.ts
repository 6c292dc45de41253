/** Options that several commands have, and what they mean in the words of the routes. */
import { InvalidArgumentError, type Command } from "commander";
import { parseDuration } from "../engine/duration.ts";
import type { Query } from "./door.ts";
import { usage } from "./failure.ts";
import { collect, readPairs } from "./input.ts";

/** The flags that say which machines are meant. */
export interface FilterFlags {
  readonly version?: string;
  readonly state?: string;
  readonly updatedAfter?: string;
  readonly updatedBefore?: string;
  readonly label?: readonly string[];
}

/** Which machines are meant, as jobs take it. */
export interface Filter {
  readonly configuration: string;
  readonly version: string | undefined;
  readonly state: string | undefined;
  readonly updated_after: string | undefined;
  readonly updated_before: string | undefined;
  readonly labels: Readonly<Record<string, string>> | undefined;
}

const FILTERS: ReadonlySet<string> = new Set(["version", "state", "updatedAfter", "updatedBefore"]);

/** Whether it means every machine of the configuration. */
export function meansAll({ version, state, updated_after: after, updated_before: before, labels }: Filter): boolean {
  return [version, state, after, before, labels].every((narrowing) => narrowing === undefined);
}

/** Adds the options of a filter. */
export function addFilterOptions(command: Command): Command {
  return command
    .option("--version <version>", "only machines of this version")
    .option("--state <state>", "only machines in this state")
    .option("--updated-after <time>", "only machines changed after this time (RFC 3339)")
    .option("--updated-before <time>", "only machines changed before this time")
    .option("--label <key=value>", "only machines with this label; at most two", collect);
}

/** The filter of a configuration, which may be named with its version: `orders`, `orders:v3`. */
export function readFilter(text: string, flags: FilterFlags): Filter {
  const [configuration = "", named, more] = text.split(":");
  if (configuration === "" || named === "" || more !== undefined) {
    throw usage(`"${text}" is no configuration: NAME, or NAME:VERSION`);
  }
  // Of a script's empty variable: without it the filter would mean every machine.
  for (const [name, value] of Object.entries(flags).filter(([key]) => FILTERS.has(key))) {
    if (value === "") throw usage(`--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} is empty`);
  }
  if (named !== undefined && flags.version !== undefined && named !== flags.version)
    throw usage(`${text} and --version ${flags.version} are two versions`);
  return {
    configuration,
    version: flags.version ?? named,
    state: flags.state,
    updated_after: flags.updatedAfter,
    updated_before: flags.updatedBefore,
    labels: readPairs("--label", flags.label),
  };
}

/** The same as a query. */
export function toFilterQuery({ labels = {}, ...filter }: Filter): Query {
  const named = Object.entries(labels).map(([key, value]): [string, string] => [`label.${key}`, value]);
  return { ...filter, ...Object.fromEntries(named) };
}

/** Adds `--limit`. */
export function addLimitOption(command: Command): Command {
  return command.option("--limit <n>", "at most so many; 0: all", readWhole, 100);
}

/** What `--limit` says, as a bound. */
export function readLimit({ limit }: { readonly limit: number }): number {
  return limit === 0 ? Infinity : limit;
}

/** A whole number that is not negative; for commander. */
export function readWhole(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("it is a whole number.");
  return Number(text);
}

/** Adds `--expected-revision`, which not everybody has to give. */
export function addExpectedRevision(command: Command): Command {
  return command.option("--expected-revision <n>", "only if the machine has this revision", readWhole);
}

/** The header by which a change is made at one revision only. */
export function toIfMatch(revision: number | undefined): { readonly headers?: Readonly<Record<string, string>> } {
  return revision === undefined ? {} : { headers: { "if-match": `"${revision}"` } };
}

/** Milliseconds of a duration as the service takes it (`PT30M`, `1h30m`), or in days (`90d`). */
export function readDuration(name: string, text: string): number {
  const days = /^(\d{1,5})d$/.exec(text)?.[1];
  const ms = days === undefined ? parseDuration(text) : Number(days) * 86_400_000;
  if (ms === undefined || ms === 0) throw usage(`${name} is a duration like 90d, 12h or PT30M, not "${text}"`);
  return ms;
}
