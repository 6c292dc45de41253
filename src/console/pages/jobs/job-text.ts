/** Jobs in words. */
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Job, JobFilter } from "../../../gen/detent/v1/job_service_pb.ts";
import { formatInstant } from "../../ui/time-text.ts";

/** `Send ship`, `Migrate to v2`, `Delete`. */
export function actionText({ action }: Pick<Job, "action">): string {
  switch (action.case) {
    case "send":
      return `Send ${action.value.event}`;
    case "migrate":
      return `Migrate to ${action.value.to}`;
    case "delete":
      return "Delete";
    case undefined:
    default:
      return "Nothing that this console knows";
  }
}

/** `orders in pending, version v2, with region=eu`. */
export function filterText(filter: JobFilter | undefined): string {
  if (filter === undefined) return "";
  const { configuration, version, state, updatedAfter, updatedBefore, labels } = filter;
  const parts = [
    `${configuration}${state && ` in ${state}`}`,
    version && `version ${version}`,
    updatedAfter && `changed after ${formatInstant(timestampMs(updatedAfter))}`,
    updatedBefore && `changed before ${formatInstant(timestampMs(updatedBefore))}`,
    ...Object.entries(labels).map(([label, value]) => `with ${label}=${value}`),
  ];
  return parts.filter(Boolean).join(", ");
}

/** How many of the machines that were found have had their turn. */
export function doneOf({ progress }: Pick<Job, "progress">): number {
  if (progress === undefined) return 0;
  return progress.succeeded + progress.unchanged + progress.refused + progress.skipped;
}

/** Of how many, as far as is known: as many as were expected, or more where more were found. */
export function totalOf({ progress, status }: Pick<Job, "progress" | "status">): number {
  if (progress === undefined) return 0;
  return status === "finished" ? progress.found : Math.max(progress.expected, progress.found);
}

/** Whether it goes on by itself. */
export function isRunning({ status }: Pick<Job, "status">): boolean {
  return status === "running";
}

/** Whether nothing becomes of it any more. */
export function hasEnded({ status }: Pick<Job, "status">): boolean {
  return status === "finished" || status === "cancelled";
}
