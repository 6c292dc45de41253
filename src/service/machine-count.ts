/** Use case: how many machines there are. Reads the index. */
import * as catalog from "../catalog/machine-count.ts";
import { sortByRarity } from "../catalog/machine-filter.ts";
import { clip } from "../engine/names.ts";
import { invalid } from "../errors.ts";
import type { Principal } from "../auth/principal.ts";
import { requireEveryMachine } from "../auth/reach.ts";
import type { House } from "./house.ts";
import { checkFilter, type MachineFilterInput } from "./machine-filter.ts";
import { Rules } from "./rules.ts";

/** Groups of one answer: a configuration may have any number of versions, and 500 states in each. */
const MOST_GROUPS = 10_000;

export interface CountMachinesInput extends MachineFilterInput {
  /** "state", "version", both, or none: the total only. */
  readonly groupBy: readonly string[];
}

/**
 * How many machines ListMachines would list. Groups come largest first, then by name; LIMIT_EXCEEDED when there are more
 * than 10,000. `indexLagMs`: what is counted may be older than now by so much.
 */
export async function countMachines(house: House, principal: Principal, input: CountMachinesInput) {
  const rules = new Rules();
  const filter = checkFilter(rules, input);
  const groupBy = groupsOf(rules, input.groupBy);
  rules.enforce();
  requireEveryMachine(principal, filter.configuration);
  const db = house.catalog(principal.tenant);
  const count = async () => {
    const labels = await sortByRarity(db, filter.configuration, filter.labels);
    return await catalog.countMachines(db, { ...filter, labels, groupBy, limit: MOST_GROUPS + 1 });
  };
  const [groups, indexLagMs] = await Promise.all([count(), house.indexLagMs()]);
  if (groups.length > MOST_GROUPS) {
    const message = `group_by: there are more than ${MOST_GROUPS} groups; ask for one state or one version`;
    throw invalid([{ pointer: "/group_by", rule: "limit_exceeded", message, value: clip(groupBy.join(",")) }]);
  }
  const total = groups.reduce((sum, group) => sum + group.count, 0);
  return { counts: groupBy.length > 0 ? groups : [], total, indexLagMs };
}

function groupsOf(rules: Rules, names: readonly string[]): readonly catalog.MachineGroup[] {
  const unknown = names.find((name) => catalog.MACHINE_GROUPS.every((group) => group !== name));
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (unknown !== undefined) {
    rules.broken("/group_by", "one_of", `group_by names ${catalog.MACHINE_GROUPS.join(" and ")} only`, unknown);
  } else if (repeated !== undefined) {
    rules.broken("/group_by", "repeated", "group_by names each group once", repeated);
  }
  return catalog.MACHINE_GROUPS.filter((group) => names.includes(group));
}
