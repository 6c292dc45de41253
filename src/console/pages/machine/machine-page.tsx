/** A machine: as it is from moment to moment, as it was, and what may be done to it. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { hrefOf } from "../../addresses.ts";
import { useNavigation } from "../../navigation.tsx";
import { Loading } from "../../ui/loading.tsx";
import { Page } from "../../ui/page.tsx";
import type { PageProps } from "../current-page.tsx";
import { ConnectionBadge } from "./connection-badge.tsx";
import { MachineProblem } from "./machine-problem.tsx";
import { MachineView } from "./machine-view.tsx";
import { readRevision } from "./revision-query.ts";
import { useMachine } from "./use-machine.ts";
import { usePast } from "./use-past.ts";

export default function MachinePage({ configuration, id }: PageProps<"machine">): JSX.Element {
  const address = useMemo(() => ({ configuration, id }), [configuration, id]);
  const watched = useMachine(address);
  const { query } = useNavigation();
  const past = usePast(address, readRevision(query["revision"]));
  const { present, connection, error, retry } = watched;
  const crumbs = [
    { to: hrefOf("machines"), text: "Machines" },
    { to: hrefOf("machines", {}, { configuration }), text: configuration },
  ];
  if (present === undefined) {
    return (
      <Page title={id} crumbs={crumbs}>
        {error === undefined ? <Loading what="the machine" /> : <MachineProblem error={error} onRetry={retry} />}
      </Page>
    );
  }
  return (
    <MachineView
      address={address}
      watched={watched}
      present={present}
      past={past}
      crumbs={crumbs}
      connection={<ConnectionBadge connection={connection} />}
    />
  );
}
