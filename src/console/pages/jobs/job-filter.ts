/** The filter of a job as addresses have it. */
import { timestampMs, type Timestamp } from "@bufbuild/protobuf/wkt";
import type { JobFilter } from "../../../gen/detent/v1/job_service_pb.ts";
import { labelText, type MachineFilter } from "../../data/machine-filter.ts";

export function readJobFilter(filter: JobFilter): MachineFilter {
  const { configuration, version, state, updatedAfter, updatedBefore, labels } = filter;
  const [label = "", label2 = ""] = Object.entries(labels).flatMap(([name, value]) => labelText(name, value) ?? []);
  return {
    configuration,
    version,
    state,
    updatedAfter: instantText(updatedAfter),
    updatedBefore: instantText(updatedBefore),
    label,
    label2,
  };
}

function instantText(at: Timestamp | undefined): string {
  return at === undefined ? "" : new Date(timestampMs(at)).toISOString();
}
