/** The machines of a configuration: found by what they are, or by their id. */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { hrefOf } from "../../addresses.ts";
import { findFilterProblems, queryOf, readFilter } from "../../data/machine-filter.ts";
import { useConfigurations } from "../../data/use-configurations.ts";
import { useNavigation } from "../../navigation.tsx";
import { useSession } from "../../session/session.ts";
import { ActionLink } from "../../ui/action-link.tsx";
import { Loading } from "../../ui/loading.tsx";
import { NeedsScope } from "../../ui/needs-scope.tsx";
import { Page } from "../../ui/page.tsx";
import { Problem } from "../../ui/problem.tsx";
import { FilterForm } from "./filter-form.tsx";
import { MachineList } from "./machine-list.tsx";
import { orderOf } from "./machine-order.ts";
import { NoConfigurations } from "../configurations/no-configurations.tsx";
import { NoneChosen } from "./no-machines.tsx";
import { OpenById } from "./open-by-id.tsx";

export default function MachinesPage(): JSX.Element {
  const { lacks } = useSession();
  const { query } = useNavigation();
  const { configuration, version, ...rest } = queryOf(readFilter(query));
  const actions = (
    <>
      <ActionLink to={hrefOf("newJob", {}, { configuration, version, ...rest })} disabledReason={lacks("ops")}>
        Job for these machines
      </ActionLink>
      <ActionLink
        to={hrefOf("newMachine", {}, { configuration, version })}
        kind="primary"
        disabledReason={lacks("machines:write")}
      >
        New machine
      </ActionLink>
    </>
  );
  return (
    <Page title="Machines" actions={actions}>
      <NeedsScope scope="machines:read" what="Machines">
        <Machines />
      </NeedsScope>
    </Page>
  );
}

function Machines(): JSX.Element {
  const { query, setQuery } = useNavigation();
  const { value: configurations, error, isLoading, reload } = useConfigurations();
  const asked = readFilter(query);
  const only = configurations?.length === 1 && asked.configuration === "" ? configurations[0]?.name : undefined;
  useEffect(() => {
    // Without a step in the history, which would lead back to where one cannot stay.
    if (only !== undefined) setQuery({ configuration: only }, true);
  }, [only]);
  const filter = only === undefined ? asked : { ...asked, configuration: only };
  const order = orderOf(query["order"], filter);
  // Behind the first thousand there may be more.
  const isMissing =
    configurations !== undefined &&
    configurations.length < 1_000 &&
    filter.configuration !== "" &&
    configurations.every(({ name }) => name !== filter.configuration);
  useEffect(() => {
    // It may have been uploaded since they were asked for.
    if (isMissing) reload();
  }, [isMissing, filter.configuration]);
  if (isLoading && configurations === undefined) return <Loading what="the configurations" />;
  if (configurations?.length === 0) return <NoConfigurations />;
  return (
    <>
      {error !== undefined && <Problem error={error} onRetry={reload} />}
      <FilterForm filter={filter} order={order} configurations={configurations} />
      {filter.configuration === "" || isMissing ? (
        <NoneChosen of={configurations} {...(isMissing && { missing: filter.configuration })} />
      ) : (
        <>
          <OpenById configuration={filter.configuration} />
          {findFilterProblems(filter).size === 0 && <MachineList filter={filter} order={order} />}
        </>
      )}
    </>
  );
}
