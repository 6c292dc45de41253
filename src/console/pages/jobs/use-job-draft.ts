/** What somebody has entered of a job so far, and the request that it makes. */
import { useState } from "preact/hooks";
import { findFilterProblems, requestOf, type MachineFilter } from "../../data/machine-filter.ts";
import { beginDraft, readDraft } from "../../ui/schema-draft.ts";
import { readFields } from "../../ui/schema-fields.ts";
import type { MigrateEntry } from "./migrate-fields.tsx";
import { readRate, schemaOf, type JobKind } from "./new-job.ts";
import type { SendEntry } from "./send-fields.tsx";
import type { JobRequest } from "./use-job-creation.ts";
import type { Versions } from "./use-versions.ts";

interface JobEntry {
  readonly send: SendEntry;
  readonly migrate: MigrateEntry;
  readonly rate: string;
}

export interface JobDraft {
  readonly entry: JobEntry;
  readonly change: (change: Partial<JobEntry>) => void;
  /** What is wrong, by field; `/…` is a pointer into the event's data. */
  readonly errors: ReadonlyMap<string, string>;
  /** Undefined: something is wrong, and `errors` says what. */
  readonly read: () => JobRequest | undefined;
}

const NO_ERRORS: ReadonlyMap<string, string> = new Map();
const BEGINNING: JobEntry = {
  send: { event: "", draft: undefined, details: "" },
  migrate: { to: "", stateMap: {} },
  rate: "100",
};

export function useJobDraft(kind: JobKind, filter: MachineFilter, versions: Versions | undefined): JobDraft {
  const [entry, setEntry] = useState(BEGINNING);
  const [errors, setErrors] = useState(NO_ERRORS);
  const change = (changed: Partial<JobEntry>): void => {
    setErrors(NO_ERRORS);
    setEntry((before) => ({ ...before, ...changed }));
  };
  const read = (): JobRequest | undefined => {
    const found = readEntry(kind, filter, entry, versions);
    setErrors(found.errors);
    return found.request;
  };
  return { entry, change, errors, read };
}

interface Reading {
  readonly request?: JobRequest;
  readonly errors: ReadonlyMap<string, string>;
}

function readEntry(kind: JobKind, filter: MachineFilter, entry: JobEntry, versions: Versions | undefined): Reading {
  const errors = new Map<string, string>();
  const rate = readRate(entry.rate);
  if (rate === undefined) errors.set("rate", "Enter a whole number from 1 to 1,000.");
  if (filter.configuration === "") errors.set("configuration", "Choose a configuration.");
  if (kind === "send" && entry.send.event === "") errors.set("event", "Choose an event.");
  if (kind === "migrate" && entry.migrate.to === "") errors.set("to", "Choose a version.");
  const payload = kind === "send" ? readPayload(entry.send, versions) : undefined;
  for (const [pointer, problem] of payload?.errors ?? []) errors.set(pointer, problem);
  if (errors.size > 0 || findFilterProblems(filter).size > 0) return { errors };
  const { event, details } = entry.send;
  const common = { filter: requestOf(filter), rate: rate ?? 0 };
  if (kind === "delete") return { errors, request: { ...common, action: { case: "delete", value: {} } } };
  if (kind === "migrate") {
    const { to, stateMap } = entry.migrate;
    return { errors, request: { ...common, action: { case: "migrate", value: { to, stateMap: { ...stateMap } } } } };
  }
  const data = payload?.data;
  const value = { event, details: details.trim(), originator: "console", ...(data !== undefined && { data }) };
  return { errors, request: { ...common, action: { case: "send", value } } };
}

function readPayload({ event, draft }: SendEntry, versions: Versions | undefined) {
  const fields = readFields(schemaOf(event, versions?.configurations ?? []));
  return readDraft(fields, draft ?? beginDraft(fields));
}
