/** `detent machine list|count`: the machines of a configuration. */
import { Option, type Command } from "commander";
import type { MachineAnswer, Page } from "../../answers.ts";
import { addLeaf, type Runner } from "../../leaf.ts";
import { formatLabels, versionOf } from "../../machines.ts";
import {
  addFilterOptions,
  addLimitOption,
  readFilter,
  readLimit,
  toFilterQuery,
  type FilterFlags,
} from "../../options.ts";
import { readPages, tellOfMore } from "../../pages.ts";
import { formatTable } from "../../table.ts";

interface ListFlags extends FilterFlags {
  readonly order: string;
  readonly limit: number;
}

interface Listed extends Page {
  readonly statemachines: readonly MachineAnswer[];
}

interface Counts {
  readonly counts: readonly { readonly state?: string; readonly version?: string; readonly count: number }[];
  readonly total: number;
}

/** Rows of the index are small: as many as the service gives at a time. */
const PAGE_SIZE = 1_000;

export function addList(machine: Command, runner: Runner): void {
  addLeaf<ListFlags>(machine, runner, {
    name: "list <configuration>",
    summary: "list the machines of a configuration",
    description: `Lists the machines of a configuration (orders, or orders:v3 for those of a version), from the index, which may be some
moments behind. Without data and history: "machine get" has those.`,
    examples: [
      ["machine list orders", "the first hundred, by id"],
      ["machine list orders --state pending --order -updated_at", "pending ones, the newest change first"],
      ["machine list orders --label region=eu --limit 0", "all that have a label"],
    ],
    json: "the answer of `ListMachines`, its pages as one",
    options: (command) =>
      addLimitOption(
        addFilterOptions(command).addOption(
          new Option("--order <order>", "in which order").choices(["id", "updated_at", "-updated_at"]).default("id"),
        ),
      ),
    run: async ({ output, door, flags }, configuration = "") => {
      const query = { ...toFilterQuery(readFilter(configuration, flags)), order: flags.order };
      const asked = { query, most: readLimit(flags), pageSize: PAGE_SIZE };
      const found = await readPages<Listed>(await door(), "/api/v1/statemachines", "statemachines", asked);
      output.data(found, () => formatMachines(found.statemachines));
      tellOfMore(output, found);
    },
  });

  addLeaf<FilterFlags & { readonly groupBy?: string }>(machine, runner, {
    name: "count <configuration>",
    summary: "count the machines of a configuration",
    examples: [
      ["machine count orders", "all of them"],
      ["machine count orders --group-by state,version", "how many in each state of each version"],
      [
        "machine count orders --state pending --updated-before 2026-11-01T00:00:00Z",
        "pending ones that have waited long",
      ],
    ],
    json: "the answer of `CountMachines`",
    options: (command) => addFilterOptions(command).option("--group-by <groups>", "state, version, or state,version"),
    run: async ({ output, door, flags }, configuration = "") => {
      const query = { ...toFilterQuery(readFilter(configuration, flags)), group_by: flags.groupBy };
      const answer = await (await door()).get<Counts>("/api/v1/statemachines:count", query);
      output.data(answer, () => formatCounts(answer, flags.groupBy));
    },
  });
}

function formatMachines(machines: readonly MachineAnswer[]): string {
  const hasLabels = machines.some(({ statemachine }) => Object.keys(statemachine.labels).length > 0);
  return formatTable(
    ["ID", "STATE", "VERSION", "REVISION", "UPDATED", ...(hasLabels ? ["LABELS"] : [])],
    machines.map(({ id, statemachine }) => {
      const { state, config_id: configId, revision, updated_at: updatedAt, labels } = statemachine;
      return [
        id,
        state,
        versionOf(configId),
        String(revision),
        updatedAt,
        ...(hasLabels ? [formatLabels(labels)] : []),
      ];
    }),
  );
}

function formatCounts({ counts, total }: Counts, groupBy: string | undefined): string {
  if (!groupBy) return String(total);
  const rows = counts.map(({ state, version, count }) => {
    return [...[state, version].filter((group) => group !== undefined), String(count)];
  });
  const groups = ["state", "version"].filter((group) => groupBy.split(",").includes(group));
  return formatTable([...groups.map((group) => group.toUpperCase()), "COUNT"], rows);
}
