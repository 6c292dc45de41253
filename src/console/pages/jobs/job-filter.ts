/** The filter of a job as addresses have it. */
import { timestampMs, type Timestamp } from "@bufbuild/protobuf/wkt";
import type { JobFilter } from "../../../gen/detent/v1/job_service_pb.ts";
import { labelText, type MachineFilter } from "../../data/machine-filter.ts";

/** Undefined: no address can say it, and one that said less would mean more machines. */
export function readJobFilter(filter: JobFilter): MachineFilter | undefined {
  const { configuration, version, state, updatedAfter, updatedBefore, labels } = filter;
  const texts = Object.entries(labels).map(([name, value]) => labelText(name, value));
  const [label = "", label2 = ""] = texts;
  if (texts.includes(undefined)) return undefined;
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
