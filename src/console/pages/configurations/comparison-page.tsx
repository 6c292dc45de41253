/** What is different between two versions of a configuration. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { hrefOf } from "../../addresses.ts";
import { diffConfigurations } from "../../../configuration-diff.ts";
import { sourceOf } from "../../data/configuration-source.ts";
import { useLoad } from "../../data/use-load.ts";
import { Diagram } from "../../diagram/diagram.tsx";
import type { ConfigurationSource } from "../../../engine/configuration.ts";
import { Link, useNavigation } from "../../navigation.tsx";
import { useClient } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { Loading } from "../../ui/loading.tsx";
import { formatCountOf } from "../../ui/number-text.ts";
import { Page } from "../../ui/page.tsx";
import { Problem } from "../../ui/problem.tsx";
import { Section } from "../../ui/section.tsx";
import type { PageProps } from "../current-page.tsx";
import { countChanges, tellDifference } from "./difference-text.ts";
import { DifferencesTable } from "./differences-table.tsx";
import { VersionSelect } from "./version-select.tsx";

export default function ComparisonPage({ name }: PageProps<"comparison">): JSX.Element {
  const client = useClient();
  const { query, setQuery } = useNavigation();
  const listed = useLoad(
    async (signal) =>
      (await client.configurations.listConfigurations({ configuration: name }, { signal })).configurations[0] ?? null,
    [client, name],
  );
  const known = listed.value?.versions;
  // Without versions there is nothing to be compared; the service then says so in its own words.
  const to = query["to"] ?? (listed.value === undefined ? undefined : (known?.[0] ?? "v1"));
  const from = query["from"] ?? (to && (known?.[known.indexOf(to) + 1] ?? known?.find((each) => each !== to) ?? to));
  const pair = useLoad(
    from === undefined || to === undefined
      ? undefined
      : async (signal): Promise<[ConfigurationSource, ConfigurationSource]> => {
          const read = async (version: string): Promise<ConfigurationSource> => {
            const configId = `${name}:${version}`;
            const { configuration } = await client.configurations.getConfiguration({ configId }, { signal });
            return configuration ? sourceOf(configuration) : {};
          };
          return await Promise.all([read(from), read(to)]);
        },
    [client, name, from, to],
  );
  return (
    <Page
      title="Compare versions"
      crumbs={[
        { to: hrefOf("configurations"), text: "Configurations" },
        { to: hrefOf("configuration", { name }, { version: to }), text: name },
      ]}
      actions={from !== undefined && <Button onClick={() => setQuery({ from: to, to: from })}>Swap the two</Button>}
    >
      {listed.error !== undefined && <Problem error={listed.error} onRetry={listed.reload} />}
      {listed.value && from !== undefined && to !== undefined && (
        <div class="form">
          <VersionSelect
            label="From"
            of={listed.value}
            value={from}
            onChoose={(chosen) => setQuery({ from: chosen, to })}
          />
          <VersionSelect
            label="To"
            of={listed.value}
            value={to}
            onChoose={(chosen) => setQuery({ from, to: chosen })}
          />
        </div>
      )}
      {pair.error !== undefined && <Problem error={pair.error} onRetry={pair.reload} />}
      {pair.value === undefined && pair.error === undefined && listed.error === undefined && (
        <Loading what="both versions" />
      )}
      {pair.value && from !== undefined && to !== undefined && (
        <Comparison name={name} from={from} to={to} before={pair.value[0]} after={pair.value[1]} />
      )}
    </Page>
  );
}

interface ComparisonProps {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly before: ConfigurationSource;
  readonly after: ConfigurationSource;
}

function Comparison({ name, from, to, before, after }: ComparisonProps): JSX.Element {
  const differences = useMemo(() => diffConfigurations(before, after).map(tellDifference), [before, after]);
  const { added, removed, changed } = countChanges(differences);
  const sides = [
    { version: from, source: before },
    { version: to, source: after },
  ];
  return (
    <>
      <Section title={differences.length === 0 ? "No differences" : formatCountOf(differences.length, "difference")}>
        <p class="faint">
          {differences.length === 0
            ? `${from} and ${to} mean the same. The order of states, and of transitions that are never tried for the same event, means nothing.`
            : `From ${from} to ${to}: ${added} added, ${removed} removed, ${changed} changed.`}
        </p>
        {differences.length > 0 && <DifferencesTable differences={differences} from={from} to={to} />}
      </Section>
      <div class="columns">
        {sides.map(({ version, source }, i) => (
          <Section
            key={i}
            title={version}
            actions={<Link to={hrefOf("configuration", { name }, { version })}>Show {version}</Link>}
          >
            <Diagram source={source} title={`${name}:${version}`} />
          </Section>
        ))}
      </div>
    </>
  );
}
