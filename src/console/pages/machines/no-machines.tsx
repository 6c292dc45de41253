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

interface NoneChosenProps {
  /** Undefined: not known. */
  readonly of: readonly ConfigurationVersions[] | undefined;
  /** What was asked for in vain. */
  readonly missing?: string;
}

/** Machines are listed by configuration. */
export function NoneChosen({ of, missing }: NoneChosenProps): JSX.Element {
  const ask = of === undefined ? "Enter a configuration to see its machines." : "Whose machines?";
  return (
    <Empty title={missing === undefined ? ask : "There is no such configuration."}>
      {missing !== undefined && (
        <p>
          Nobody has uploaded a configuration <bdi>{missing}</bdi>. These are there:
        </p>
      )}
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
