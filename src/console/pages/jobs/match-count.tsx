/** How many machines a filter means at this moment. */
import type { JSX } from "preact";
import { hrefOf } from "../../addresses.ts";
import { findFilterProblems, queryOf, requestOf, type MachineFilter } from "../../data/machine-filter.ts";
import { useLoad, type Loaded } from "../../data/use-load.ts";
import type { CountMachinesResponse } from "../../../gen/detent/v1/machine_service_pb.ts";
import { Link } from "../../navigation.tsx";
import { useSession } from "../../session/session.ts";
import { Loading } from "../../ui/loading.tsx";
import { formatCountOf } from "../../ui/number-text.ts";
import { Problem } from "../../ui/problem.tsx";

/** Nothing is counted while the filter is unfinished, or for who may not. */
export function useMatchCount(filter: MachineFilter): Loaded<CountMachinesResponse> {
  const { client, lacks } = useSession();
  const isReady =
    filter.configuration !== "" && findFilterProblems(filter).size === 0 && lacks("machines:read") === undefined;
  return useLoad(isReady ? (signal) => client.machines.countMachines(requestOf(filter), { signal }) : undefined, [
    client,
    JSON.stringify(filter),
  ]);
}

interface MatchCountProps {
  readonly count: Loaded<CountMachinesResponse>;
  readonly filter: MachineFilter;
}

export function MatchCount({ count: { value, error, isLoading }, filter }: MatchCountProps): JSX.Element | null {
  if (error !== undefined) return <Problem error={error} />;
  if (value === undefined) return isLoading ? <Loading what="how many match" /> : null;
  return (
    <p role="status">
      <Link to={hrefOf("machines", {}, queryOf(filter))}>{formatCountOf(value.total, "machine")}</Link>{" "}
      {value.total === 1 ? "matches" : "match"} now.
    </p>
  );
}
