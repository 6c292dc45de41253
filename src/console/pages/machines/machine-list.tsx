/** The machines that a filter means, a page at a time. */
import type { JSX } from "preact";
import type { MachineFilter } from "../../data/machine-filter.ts";
import { useNavigation } from "../../navigation.tsx";
import { Button } from "../../ui/button.tsx";
import { Loading } from "../../ui/loading.tsx";
import { Notice } from "../../ui/notice.tsx";
import { formatCountOf } from "../../ui/number-text.ts";
import { Pager } from "../../ui/pager.tsx";
import { Problem } from "../../ui/problem.tsx";
import { Section } from "../../ui/section.tsx";
import { formatDuration } from "../../ui/time-text.ts";
import { MachineCounts } from "./machine-counts.tsx";
import type { MachineOrder } from "./machine-order.ts";
import { MachineTable } from "./machine-table.tsx";
import { NoMachines } from "./no-machines.tsx";
import { useMachineCounts, useMachineList } from "./use-machine-list.ts";

/** Lists follow within moments; only more than this is worth telling. */
const LAG_TOLD_MS = 1_000;

interface MachineListProps {
  readonly filter: MachineFilter;
  readonly order: MachineOrder;
}

export function MachineList({ filter, order }: MachineListProps): JSX.Element {
  const { query, setQuery } = useNavigation();
  const { page_token: pageToken = "" } = query;
  const list = useMachineList(filter, order, pageToken);
  const counts = useMachineCounts(filter);
  const refresh = (): void => {
    list.reload();
    counts.reload();
  };
  const { value, error } = list;
  const toFirst = pageToken === "" ? undefined : (): void => setQuery({ page_token: undefined });
  const nextPageToken = value?.nextPageToken ?? "";
  const machines = value?.statemachines ?? [];
  return (
    <>
      {error !== undefined && (
        <>
          <Problem error={error} onRetry={refresh} />
          {value === undefined && toFirst && (
            <Notice>
              <p>A page belongs to the filter that it was listed with.</p>
              <Button onClick={toFirst}>First page</Button>
            </Notice>
          )}
        </>
      )}
      {counts.error !== undefined && error === undefined && <Problem error={counts.error} onRetry={counts.reload} />}
      {counts.value !== undefined && counts.value.total > 0 && (
        <MachineCounts counts={counts.value} filter={filter} order={{ order: query["order"] }} />
      )}
      {value === undefined && error === undefined && <Loading what="the machines" />}
      {value !== undefined && (
        <Section
          title="List"
          actions={
            <Button onClick={refresh} isBusy={list.isLoading}>
              Refresh
            </Button>
          }
        >
          {value.indexLagMs > LAG_TOLD_MS && (
            <Notice tone="warn">
              <p>
                The index is {formatDuration(value.indexLagMs)} behind: what has changed since is not in this list yet.
              </p>
            </Notice>
          )}
          {machines.length > 0 && (
            <div class="machine-list">
              <MachineTable machines={machines} filter={filter} />
            </div>
          )}
          {machines.length === 0 && toFirst === undefined && <NoMachines filter={filter} />}
          {(machines.length > 0 || toFirst !== undefined) && (
            <Pager
              onFirst={toFirst}
              onNext={nextPageToken === "" ? undefined : () => setQuery({ page_token: nextPageToken })}
              shown={formatCountOf(machines.length, "machine")}
            />
          )}
        </Section>
      )}
    </>
  );
}
