/** How many machines match, by state and by version. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { MachineCount } from "../../../gen/detent/v1/machine_service_pb.ts";
import { hrefOf, type Query } from "../../addresses.ts";
import { queryOf, type MachineFilter } from "../../data/machine-filter.ts";
import { Link } from "../../navigation.tsx";
import { formatCount, formatCountOf } from "../../ui/number-text.ts";
import type { Counts } from "./use-machine-list.ts";

/** Of each kind; the others are behind a line of their own. */
const GROUPS_SHOWN = 6;

interface MachineCountsProps {
  readonly counts: Counts;
  readonly filter: MachineFilter;
  /** The order of the list, as the address has it. */
  readonly order: Query;
}

export function MachineCounts({ counts, filter, order }: MachineCountsProps): JSX.Element {
  // On a telephone the list is worth more than what is said of it.
  const [isWide] = useState(() => matchMedia("(min-width: 641px)").matches);
  const { total, byState, byVersion } = counts;
  const narrow = (part: Partial<MachineFilter>): string =>
    hrefOf("machines", {}, { ...queryOf({ ...filter, ...part }), ...order });
  return (
    <details class="card machine-counts" open={isWide}>
      <summary>{formatCountOf(total, "machine matches", "machines match")}: by state and version</summary>
      <div class="columns">
        <Groups
          title="By state"
          total={total}
          groups={byState.map((group) => ({ ...rowOf(group, group.state), to: narrow({ state: group.state }) }))}
        />
        <Groups
          title="By version"
          total={total}
          groups={byVersion.map((group) => ({
            ...rowOf(group, group.version),
            to: narrow({ version: group.version }),
          }))}
        />
      </div>
    </details>
  );
}

interface Group {
  readonly name: string;
  readonly count: number;
  /** The machines in it. */
  readonly to: string;
}

function rowOf({ count }: MachineCount, name: string): Omit<Group, "to"> {
  return { name, count };
}

interface GroupsProps {
  readonly title: string;
  readonly total: number;
  readonly groups: readonly Group[];
}

function Groups({ title, total, groups }: GroupsProps): JSX.Element {
  const rest = groups.slice(GROUPS_SHOWN);
  const sum = rest.reduce((all, { count }) => all + count, 0);
  return (
    <section class="stack" aria-label={title}>
      <h2>{title}</h2>
      <Bars groups={groups.slice(0, GROUPS_SHOWN)} total={total} />
      {rest.length > 0 && (
        <details>
          <summary>
            {formatCount(rest.length)} more with {formatCountOf(sum, "machine")}
          </summary>
          <Bars groups={rest} total={total} />
        </details>
      )}
    </section>
  );
}

function Bars({ groups, total }: Omit<GroupsProps, "title">): JSX.Element {
  return (
    <ul class="bars">
      {groups.map(({ name, count, to }) => (
        <li key={name}>
          <Link to={to}>
            <bdi>{name}</bdi>
          </Link>
          <meter value={count} max={total || 1} aria-hidden="true" />
          <span class="number">{formatCount(count)}</span>
        </li>
      ))}
    </ul>
  );
}
