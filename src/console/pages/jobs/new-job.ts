/** A job before it is made: what its form has to know. */
import type { JsonObject } from "@bufbuild/protobuf";
import type { Configuration } from "../../../gen/detent/v1/configuration_pb.ts";
import type { Scope } from "../../session/scope.ts";

export const JOB_KINDS = ["send", "migrate", "delete"] as const;

export type JobKind = (typeof JOB_KINDS)[number];

/** What creating one needs besides `ops` (docs/jobs.md). */
export function scopeOf(kind: JobKind | undefined): Scope {
  return kind === "send" ? "events:send" : "machines:write";
}

export function readKind(text: string | undefined): JobKind {
  return JOB_KINDS.find((kind) => kind === text) ?? "send";
}

/** Every event of the versions, once, in the order of the first that has it. */
export function eventsOf(versions: readonly Configuration[]): string[] {
  return [...new Set(versions.flatMap(({ transitions }) => transitions.map(({ event }) => event)))];
}

/** States of the versions that the target does not have: a machine in one of them needs another there. */
export function statesToMap(versions: readonly Configuration[], target: Configuration | undefined): string[] {
  if (target === undefined) return [];
  const known = new Set(target.states);
  return [...new Set(versions.flatMap(({ states }) => states))].filter((state) => !known.has(state));
}

/** Machines a second; undefined where the text is no rate (docs/jobs.md). */
export function readRate(text: string): number | undefined {
  const rate = Number(text);
  return /^\d+$/.test(text.trim()) && rate >= 1 && rate <= 1_000 ? rate : undefined;
}

/** One form cannot be of several schemas: it is that of the newest version which has one. */
export function schemaOf(event: string, versions: readonly Configuration[]): JsonObject | undefined {
  const options = versions.map(({ eventOptions }) => eventOptions[event]);
  return options.find((option) => option?.schema !== undefined)?.schema;
}
