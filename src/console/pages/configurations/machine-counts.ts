/** Machines of a configuration, counted by version and state. */
import type { MachineCount } from "../../../gen/detent/v1/machine_service_pb.ts";

type Count = Pick<MachineCount, "state" | "version" | "count">;

/** State -> machines; of one version, or of all. */
export function countByState(counts: readonly Count[], version?: string): Map<string, number> {
  const wanted = version === undefined ? counts : counts.filter((each) => each.version === version);
  return sumBy(wanted, ({ state }) => state);
}

/** Version -> machines. */
export function countByVersion(counts: readonly Count[]): Map<string, number> {
  return sumBy(counts, ({ version }) => version);
}

function sumBy(counts: readonly Count[], keyOf: (count: Count) => string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const count of counts) sums.set(keyOf(count), (sums.get(keyOf(count)) ?? 0) + count.count);
  return sums;
}
