/** A machine as it is entered, and as it is created. */
import type { JsonObject, MessageInitShape } from "@bufbuild/protobuf";
import { DetentError } from "../../../client/error.ts";
import { checkId } from "../../../engine/names.ts";
import type { Configuration } from "../../../gen/detent/v1/configuration_pb.ts";
import type { ConfigurationVersions } from "../../../gen/detent/v1/configuration_service_pb.ts";
import type { CreateMachineRequestSchema } from "../../../gen/detent/v1/machine_service_pb.ts";
import { findLabelProblem, type LabelRow } from "../../data/label-edit.ts";
import { beginDraft, readDraft, type Draft } from "../../ui/schema-draft.ts";
import type { SchemaField } from "../../ui/schema-fields.ts";

type Fields = readonly SchemaField[] | undefined;

export interface MachineEntry {
  readonly configuration: string;
  /** Empty: `v1`, as the service has it. */
  readonly version: string;
  /** Empty: one is made. */
  readonly id: string;
  /** Empty: the starting state. */
  readonly state: string;
  readonly labels: readonly LabelRow[];
  readonly draft: Draft;
}

/** What is wrong with an entry: of the data by pointer, of what else there is by name. */
export interface EntryErrors {
  readonly id?: string | undefined;
  readonly labels?: string | undefined;
  readonly data: ReadonlyMap<string, string>;
}

export type CreateRequest = MessageInitShape<typeof CreateMachineRequestSchema>;

/** The request that creates the machine, or why there is none. */
export function readEntry(
  entry: MachineEntry,
  fields: Fields,
): { readonly request: CreateRequest } | { readonly errors: EntryErrors } {
  const { configuration, version, id, state, labels, draft } = entry;
  const { data, errors } = readDraft(fields, draft);
  const idProblem = id === "" ? undefined : checkId(id)?.message;
  const labelProblem = findLabelProblem(labels);
  if (errors.size > 0 || idProblem !== undefined || labelProblem !== undefined) {
    return { errors: { id: idProblem, labels: labelProblem, data: errors } };
  }
  const named = labels.filter(({ name }) => name !== "");
  const request = {
    configId: version === "" ? configuration : `${configuration}:${version}`,
    id,
    state,
    labels: Object.fromEntries(named.map(({ name, value }) => [name, value])),
    ...(data !== undefined && { data }),
  };
  return { request };
}

/** The same in the words of the JSON routes; what is empty is left out. */
export function bodyOf({ configId, id, state, labels, data }: CreateRequest): JsonObject {
  return {
    config_id: configId ?? "",
    ...(id && { id }),
    ...(state && { state }),
    ...(labels && Object.keys(labels).length > 0 && { labels }),
    ...(data !== undefined && { data }),
  };
}

/** What the service has found wrong with fields of the entry. */
export function entryErrorsOf(error: unknown): EntryErrors {
  const violations = error instanceof DetentError ? error.violations : [];
  const of = (pointer: string): string | undefined =>
    violations.find((violation) => violation.pointer === pointer)?.message;
  const data = violations.filter(({ pointer }) => pointer === "/data" || pointer.startsWith("/data/"));
  return {
    id: of("/id"),
    labels: of("/labels"),
    data: new Map(data.map(({ pointer, message }) => [pointer.slice("/data".length), message])),
  };
}

/** In which states a machine may be created. */
export function statesToBegin({ initialStates, states }: Configuration): readonly string[] {
  return initialStates.length > 0 ? initialStates : states;
}

/** The newest version that takes new machines, or the newest. */
export function versionToBegin({ versions, deprecated }: ConfigurationVersions): string {
  return versions.find((version) => !deprecated.includes(version)) ?? versions[0] ?? "";
}

/** A draft for other fields, with what was entered into the one for `before`. */
export function carryDraft(before: Fields, draft: Draft, fields: Fields): Draft {
  const { data, errors } = readDraft(before, draft);
  // JSON that cannot be read yet is kept as it was typed.
  if (draft.isJson && errors.size > 0) return draft;
  const untouched = readDraft(before, beginDraft(before)).data;
  const isTouched = data !== undefined && JSON.stringify(data) !== JSON.stringify(untouched);
  return beginDraft(fields, isTouched && Object.keys(data).length > 0 ? data : undefined);
}
