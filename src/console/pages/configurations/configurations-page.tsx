/** All configurations. */
import type { JSX } from "preact";
import { hrefOf } from "../../addresses.ts";
import { useEach } from "../../data/use-each.ts";
import { useLoad } from "../../data/use-load.ts";
import type { ConfigurationVersions } from "../../../gen/detent/v1/configuration_service_pb.ts";
import { Link, useNavigation } from "../../navigation.tsx";
import { useClient, useSession } from "../../session/session.ts";
import { Badge } from "../../ui/badge.tsx";
import { Loading } from "../../ui/loading.tsx";
import { formatCount, formatCountOf } from "../../ui/number-text.ts";
import { Page } from "../../ui/page.tsx";
import { Pager } from "../../ui/pager.tsx";
import { Problem } from "../../ui/problem.tsx";
import { Section } from "../../ui/section.tsx";
import { Table } from "../../ui/table.tsx";
import { NoConfigurations } from "./no-configurations.tsx";

const PAGE_SIZE = 50;

export default function ConfigurationsPage(): JSX.Element {
  const client = useClient();
  const { query, setQuery } = useNavigation();
  const token = query["page"] ?? "";
  const { value, error, reload } = useLoad(
    (signal) => client.configurations.listConfigurations({ pageSize: PAGE_SIZE, pageToken: token }, { signal }),
    [client, token],
  );
  const isEmpty = value?.configurations.length === 0 && token === "";
  const next = value?.nextPageToken;
  return (
    <Page
      title="Configurations"
      lead="What machines run: their states, the events they know, and what moves them."
      actions={
        <Link class="button primary" to={hrefOf("newConfiguration")}>
          New configuration
        </Link>
      }
    >
      {error !== undefined && <Problem error={error} onRetry={reload} />}
      {value === undefined && error === undefined && <Loading what="the configurations" />}
      {isEmpty && <NoConfigurations />}
      {value !== undefined && !isEmpty && (
        <Section
          title={token === "" && !next ? formatCountOf(value.configurations.length, "configuration") : "By name"}
        >
          <ConfigurationsTable rows={value.configurations} />
          {(token !== "" || next) && (
            <Pager
              onFirst={token === "" ? undefined : () => setQuery({ page: undefined })}
              onNext={next ? () => setQuery({ page: next }) : undefined}
              shown={formatCountOf(value.configurations.length, "configuration")}
            />
          )}
        </Section>
      )}
    </Page>
  );
}

function ConfigurationsTable({ rows }: { readonly rows: readonly ConfigurationVersions[] }): JSX.Element {
  const { client, lacks } = useSession();
  const lack = lacks("machines:read");
  const totals = useEach(
    lack === undefined ? rows.map(({ name }) => name) : [],
    async (configuration, signal) => (await client.machines.countMachines({ configuration }, { signal })).total,
    [client],
  );
  return (
    <Table
      caption="Configurations"
      rows={rows}
      keyOf={({ name }) => name}
      columns={[
        {
          title: "Name",
          isHeading: true,
          cell: ({ name }) => (
            <Link to={hrefOf("configuration", { name })}>
              <bdi>{name}</bdi>
            </Link>
          ),
        },
        {
          title: "Newest version",
          cell: ({ name, versions: [newest = ""], deprecated }) => (
            <span class="row words">
              <Link to={hrefOf("configuration", { name }, { version: newest })}>
                <bdi>{newest}</bdi>
              </Link>
              {deprecated.includes(newest) && <Badge text="deprecated" tone="warn" />}
            </span>
          ),
        },
        {
          title: "Versions",
          isMinor: true,
          cell: ({ versions, deprecated }) => (
            <>
              {formatCount(versions.length)}
              {deprecated.length > 0 && <span class="faint"> · {formatCount(deprecated.length)} deprecated</span>}
            </>
          ),
        },
        {
          title: "Machines",
          isNumber: true,
          cell: ({ name }) => {
            if (lack !== undefined) return <span title={lack}>–</span>;
            const total = totals.get(name);
            if (total === undefined) return <span class="faint">…</span>;
            if (total === null) return <span title="The service did not say.">?</span>;
            return (
              <Link
                to={hrefOf("machines", {}, { configuration: name })}
                label={`${formatCountOf(total, "machine")} of ${name}`}
              >
                {formatCount(total)}
              </Link>
            );
          },
        },
      ]}
    />
  );
}
