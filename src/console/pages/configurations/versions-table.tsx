/** The versions of a configuration: when each was made, whether it takes new machines, and how many it has. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { hrefOf } from "../../addresses.ts";
import { useEach } from "../../data/use-each.ts";
import type { ConfigurationVersions } from "../../../gen/detent/v1/configuration_service_pb.ts";
import { Link } from "../../navigation.tsx";
import { useClient } from "../../session/session.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { formatCount, formatCountOf } from "../../ui/number-text.ts";
import { Table } from "../../ui/table.tsx";
import { Ago } from "../../ui/time.tsx";

interface VersionsTableProps {
  readonly of: ConfigurationVersions;
  /** The one that the page shows. */
  readonly shown: string;
  /** Undefined: they are not known. */
  readonly counts: ReadonlyMap<string, number> | undefined;
  /** Grows when something of them has changed. */
  readonly turn: number;
}

/** Each is asked for when it was made. */
const AT_FIRST = 10;

export function VersionsTable({ of, shown, counts, turn }: VersionsTableProps): JSX.Element {
  const client = useClient();
  const [limit, setLimit] = useState(AT_FIRST);
  const { name, deprecated } = of;
  const versions = of.versions.slice(0, limit);
  const details = useEach(
    versions,
    async (version, signal) => {
      const configId = `${name}:${version}`;
      return (await client.configurations.getConfiguration({ configId }, { signal })).configuration;
    },
    [client, name, turn],
  );
  return (
    <>
      <Table
        caption="Versions"
        rows={versions}
        keyOf={(version) => version}
        columns={[
          {
            title: "Version",
            isHeading: true,
            cell: (version) => (
              <span class="row words">
                <Link to={hrefOf("configuration", { name }, { version })} isCurrent={version === shown}>
                  <bdi>{version}</bdi>
                </Link>
                {deprecated.includes(version) && <Badge text="deprecated" tone="warn" />}
              </span>
            ),
          },
          {
            title: "Machines",
            isNumber: true,
            cell: (version) => {
              if (counts === undefined) return <span class="faint">–</span>;
              const count = counts.get(version) ?? 0;
              return (
                <Link
                  to={hrefOf("machines", {}, { configuration: name, version })}
                  label={`${formatCountOf(count, "machine")} of version ${version}`}
                >
                  {formatCount(count)}
                </Link>
              );
            },
          },
          { title: "Created", cell: (version) => <Ago at={details.get(version)?.createdAt} /> },
          { title: "Deprecated", cell: (version) => <Ago at={details.get(version)?.deprecatedAt} /> },
          {
            title: "Compare",
            isMinor: true,
            cell: (version) =>
              version !== shown && (
                <Link
                  to={hrefOf("comparison", { name }, { from: version, to: shown })}
                  label={`Compare ${version} with ${shown}`}
                >
                  with <bdi>{shown}</bdi>
                </Link>
              ),
          },
        ]}
      />
      {of.versions.length > limit && (
        <div>
          <Button onClick={() => setLimit(of.versions.length)}>Show all {formatCount(of.versions.length)}</Button>
        </div>
      )}
    </>
  );
}
