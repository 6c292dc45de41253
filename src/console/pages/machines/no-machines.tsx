/** Nothing to list: why, and what to do next. */
import type { JSX } from "preact";
import type { ConfigurationVersions } from "../../../gen/detent/v1/configuration_service_pb.ts";
import { hrefOf } from "../../addresses.ts";
import { isNarrowed, queryOf, readFilter, type MachineFilter } from "../../data/machine-filter.ts";
import { Link } from "../../navigation.tsx";
import { useSession } from "../../session/session.ts";
import { curlText } from "../../ui/curl-text.ts";
import { Empty } from "../../ui/empty.tsx";
import { formatCountOf } from "../../ui/number-text.ts";

const FIRST_CONFIGURATION = {
  name: "orders",
  starting_state: "pending",
  states: ["pending", "shipped"],
  transitions: [{ from: "pending", to: "shipped", event: "ship" }],
};

export function NoConfigurations(): JSX.Element {
  const { key } = useSession();
  const request = { method: "POST", path: "/api/v1/configurations", body: FIRST_CONFIGURATION } as const;
  return (
    <Empty
      title="There are no configurations yet, and so no machines."
      command={curlText({ ...request, hasKey: key !== undefined })}
    >
      <p>
        A machine lives by a configuration: it says which states there are and which events move it.{" "}
        <Link to={hrefOf("newConfiguration")}>Write one here</Link>, or upload one:
      </p>
    </Empty>
  );
}

/** Machines are listed by configuration. */
export function NoneChosen({ of }: { readonly of: readonly ConfigurationVersions[] | undefined }): JSX.Element {
  return (
    <Empty title={of === undefined ? "Enter a configuration to see its machines." : "Whose machines?"}>
      {of !== undefined && (
        <ul>
          {of.map(({ name, versions }) => (
            <li key={name}>
              <Link to={hrefOf("machines", {}, { configuration: name })}>
                <bdi>{name}</bdi>
              </Link>{" "}
              <span class="faint">{formatCountOf(versions.length, "version")}</span>
            </li>
          ))}
        </ul>
      )}
    </Empty>
  );
}

export function NoMachines({ filter }: { readonly filter: MachineFilter }): JSX.Element {
  const { key } = useSession();
  const { configuration, version } = filter;
  if (isNarrowed(filter)) {
    return (
      <Empty title="No machine matches.">
        <p>
          <Link to={hrefOf("machines", {}, queryOf({ ...readFilter({}), configuration }))}>Reset the filter</Link> to
          see all machines of <bdi>{configuration}</bdi>. Machines that were deleted or retired are in no list.
        </p>
      </Empty>
    );
  }
  const request = { method: "POST", path: "/api/v1/statemachines", body: { config_id: configuration } } as const;
  return (
    <Empty title="There are no machines yet." command={curlText({ ...request, hasKey: key !== undefined })}>
      <p>
        <Link to={hrefOf("newMachine", {}, { configuration, version })}>Create the first one here</Link>, or by the API:
      </p>
    </Empty>
  );
}
