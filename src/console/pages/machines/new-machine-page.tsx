/** Creates a machine. */
import type { JSX } from "preact";
import { hrefOf } from "../../addresses.ts";
import { useConfiguration, useConfigurations } from "../../data/use-configurations.ts";
import { useNavigation } from "../../navigation.tsx";
import { ChoiceField } from "../../ui/choice-field.tsx";
import { Loading } from "../../ui/loading.tsx";
import { Page } from "../../ui/page.tsx";
import { Problem } from "../../ui/problem.tsx";
import { versionToBegin } from "./machine-entry.ts";
import { NewMachineForm } from "./new-machine-form.tsx";
import { NoConfigurations } from "../configurations/no-configurations.tsx";

export default function NewMachinePage(): JSX.Element {
  const { query } = useNavigation();
  const { configuration = "" } = query;
  return (
    <Page title="New machine" crumbs={[{ to: hrefOf("machines", {}, { configuration }), text: "Machines" }]}>
      <NewMachine />
    </Page>
  );
}

function NewMachine(): JSX.Element {
  const { query, setQuery } = useNavigation();
  const { value: configurations, error, isLoading, reload } = useConfigurations();
  const only = configurations?.length === 1 ? configurations[0] : undefined;
  const { configuration = only?.name ?? "" } = query;
  const found = configurations?.find(({ name }) => name === configuration);
  const { version = found === undefined ? "" : versionToBegin(found) } = query;
  const definition = useConfiguration(configuration, version);
  const isDeprecated = found?.deprecated.includes(version) ?? false;
  if (isLoading && configurations === undefined) return <Loading what="the configurations" />;
  if (configurations?.length === 0 && configuration === "") return <NoConfigurations />;
  return (
    <div class="card">
      {error !== undefined && <Problem error={error} onRetry={reload} />}
      {definition.error !== undefined && <Problem error={definition.error} onRetry={definition.reload} />}
      {definition.isLoading && definition.value === undefined && <Loading what="the configuration" />}
      <NewMachineForm
        configuration={configuration}
        version={version}
        definition={definition.value}
        obstacle={obstacleOf(configuration, isDeprecated)}
      >
        <ChoiceField
          label="Configuration"
          isRequired
          value={configuration}
          choices={configurations?.map(({ name }) => name)}
          none="Choose one"
          // Another configuration has other versions and states.
          onChange={(chosen) => setQuery({ configuration: chosen, version: undefined, state: undefined }, true)}
        />
        <ChoiceField
          label="Version"
          hint={isDeprecated ? "It is deprecated and takes no new machines." : undefined}
          value={version}
          choices={configurations === undefined ? undefined : (found?.versions ?? [])}
          none={configurations === undefined ? "v1" : "Choose one"}
          noteOf={(choice) => (found?.deprecated.includes(choice) ? "deprecated" : undefined)}
          onChange={(chosen) => setQuery({ version: chosen, state: undefined }, true)}
        />
      </NewMachineForm>
    </div>
  );
}

function obstacleOf(configuration: string, isDeprecated: boolean): string | undefined {
  if (configuration === "") return "Choose a configuration first.";
  return isDeprecated ? "This version is deprecated and takes no new machines." : undefined;
}
