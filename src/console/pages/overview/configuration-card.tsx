/** A configuration on the overview: its machines by state. */
import type { JSX } from "preact";
import { hrefOf } from "../../addresses.ts";
import { Link } from "../../navigation.tsx";
import { useSession } from "../../session/session.ts";
import { Loading } from "../../ui/loading.tsx";
import { formatCount, formatCountOf } from "../../ui/number-text.ts";
import type { ConfigurationCounts } from "./use-configuration-counts.ts";

/** The rest is one line. */
const STATES_SHOWN = 6;

export function ConfigurationCard({ of }: { readonly of: ConfigurationCounts }): JSX.Element {
  const { name, versions, counts } = of;
  const lack = useSession().lacks("machines:read");
  return (
    <section class="card" aria-label={name}>
      <div class="heading">
        <h2>
          <Link to={hrefOf("configuration", { name })}>{name}</Link>
        </h2>
        <span class="faint">
          {counts && formatCountOf(counts.total, "machine")}
          {counts && " · "}
          {formatCountOf(versions.length, "version")}
        </span>
      </div>
      {lack !== undefined && <p class="faint">Its machines are not shown: {lack}</p>}
      {lack === undefined && counts === undefined && <Loading what="its machines" />}
      {counts !== undefined && <StateCounts name={name} counts={counts} />}
    </section>
  );
}

interface StateCountsProps {
  readonly name: string;
  readonly counts: NonNullable<ConfigurationCounts["counts"]>;
}

function StateCounts({ name, counts: { counts, total } }: StateCountsProps): JSX.Element {
  if (total === 0) {
    return (
      <p class="faint">
        No machines yet. <Link to={hrefOf("newMachine", {}, { configuration: name })}>Create one</Link>
      </p>
    );
  }
  const sorted = counts.toSorted((one, other) => other.count - one.count);
  const rest = sorted.slice(STATES_SHOWN);
  return (
    <ul class="bars">
      {sorted.slice(0, STATES_SHOWN).map(({ state, count }) => (
        <li key={state}>
          <Link to={hrefOf("machines", {}, { configuration: name, state })}>
            <bdi>{state}</bdi>
          </Link>
          <meter value={count} max={total} aria-hidden="true" />
          <span class="number">{formatCount(count)}</span>
        </li>
      ))}
      {rest.length > 0 && (
        <li>
          <Link to={hrefOf("machines", {}, { configuration: name })}>
            {formatCountOf(rest.length, "more state", "more states")}
          </Link>
          <span />
          <span class="number">{formatCount(rest.reduce((sum, { count }) => sum + count, 0))}</span>
        </li>
      )}
    </ul>
  );
}
