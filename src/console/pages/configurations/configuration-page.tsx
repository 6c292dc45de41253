/** A configuration: one of its versions, and which others there are. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { hrefOf } from "../../addresses.ts";
import { takeNews } from "../../data/news.ts";
import { useEvery } from "../../data/use-every.ts";
import { useLoad } from "../../data/use-load.ts";
import { useNavigation } from "../../navigation.tsx";
import { useSession } from "../../session/session.ts";
import { ActionLink } from "../../ui/action-link.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Loading } from "../../ui/loading.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Problem } from "../../ui/problem.tsx";
import { Section } from "../../ui/section.tsx";
import { Ago } from "../../ui/time.tsx";
import type { PageProps } from "../current-page.tsx";
import { DeprecateButton } from "./deprecate-button.tsx";
import { countByVersion } from "./machine-counts.ts";
import { StoredConfiguration } from "./stored-configuration.tsx";
import { VersionSelect } from "./version-select.tsx";
import { VersionsTable } from "./versions-table.tsx";

/** How often machines are counted anew. */
const COUNT_EVERY_MS = 15_000;

export default function ConfigurationPage({ name }: PageProps<"configuration">): JSX.Element {
  const { client, lacks } = useSession();
  const { query, setQuery } = useNavigation();
  const [news, setNews] = useState(() => takeNews(location.pathname + location.search));
  const [turn, setTurn] = useState(0);
  const listed = useLoad(
    async (signal) =>
      (await client.configurations.listConfigurations({ configuration: name }, { signal })).configurations[0] ?? null,
    [client, name],
  );
  const versions = listed.value;
  // Without a version there is nothing to be shown; the service then says so in its own words.
  const version = query["version"] ?? (versions === undefined ? undefined : (versions?.versions[0] ?? "v1"));
  const configId = `${name}:${version ?? ""}`;
  const stored = useLoad(
    version === undefined
      ? undefined
      : async (signal) => (await client.configurations.getConfiguration({ configId }, { signal })).configuration,
    [client, configId],
  );
  const counted = useLoad(
    lacks("machines:read") === undefined && versions
      ? async (signal) =>
          (await client.machines.countMachines({ configuration: name, groupBy: ["state", "version"] }, { signal }))
            .counts
      : undefined,
    [client, name],
  );
  useEvery(COUNT_EVERY_MS, counted.poll);
  const configuration = stored.value;
  const isDeprecated = configuration?.deprecatedAt !== undefined;
  const older = versions?.versions[versions.versions.indexOf(version ?? "") + 1];
  return (
    <Page
      title={name}
      crumbs={[{ to: hrefOf("configurations"), text: "Configurations" }]}
      lead={
        configuration && (
          <>
            <Badge text={configuration.version} tone="accent" />
            {isDeprecated && <Badge text="deprecated" tone="warn" />}
            <span>
              created <Ago at={configuration.createdAt} />
            </span>
          </>
        )
      }
      actions={
        configuration && (
          <>
            <ActionLink
              kind="primary"
              to={hrefOf("newMachine", {}, { configuration: name, version })}
              disabledReason={isDeprecated ? "A deprecated version takes no new machines." : lacks("machines:write")}
            >
              New machine
            </ActionLink>
            <ActionLink to={hrefOf("newConfiguration", {}, { from: configId })}>New version from this</ActionLink>
            <ActionLink
              to={hrefOf("comparison", { name }, { from: older, to: version })}
              disabledReason={versions && versions.versions.length < 2 ? "There is no other version." : undefined}
            >
              Compare versions
            </ActionLink>
            <DeprecateButton
              configId={configId}
              isDeprecated={isDeprecated}
              onDone={() => {
                setNews(`${configId} is deprecated: it takes no new machines.`);
                listed.reload();
                stored.reload();
                setTurn(turn + 1);
              }}
            />
          </>
        )
      }
    >
      {news !== undefined && (
        <Notice tone="good" isNews>
          <p>
            <bdi>{news}</bdi>
          </p>
        </Notice>
      )}
      {listed.error !== undefined && <Problem error={listed.error} onRetry={listed.reload} />}
      {versions && version !== undefined && (
        <div class="form">
          <VersionSelect
            label="Version"
            of={versions}
            value={version}
            onChoose={(chosen) => {
              setNews(undefined);
              setQuery({ version: chosen });
            }}
          />
        </div>
      )}
      {stored.error !== undefined && <Problem error={stored.error} onRetry={stored.reload} />}
      {counted.error !== undefined && <Problem error={counted.error} onRetry={counted.reload} />}
      {configuration === undefined && stored.error === undefined && listed.error === undefined && (
        <Loading what="the configuration" />
      )}
      {configuration && <StoredConfiguration configuration={configuration} counts={counted.value} />}
      {versions && version !== undefined && (
        <Section title="Versions">
          <VersionsTable
            of={versions}
            shown={version}
            counts={counted.value && countByVersion(counted.value)}
            turn={turn}
          />
        </Section>
      )}
    </Page>
  );
}
