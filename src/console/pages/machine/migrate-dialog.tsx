/** Lets the machine go on by another version of its configuration: first as a trial. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Machine } from "../../../gen/detent/v1/machine_pb.ts";
import { useAction } from "../../data/use-action.ts";
import { useLoad } from "../../data/use-load.ts";
import { useClient } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Loading } from "../../ui/loading.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Problem } from "../../ui/problem.tsx";
import { versionOf } from "./config-id.ts";
import type { MachineAddress } from "./follow-machine.ts";

interface MigrateDialogProps {
  readonly address: MachineAddress;
  readonly machine: Machine;
  readonly onClose: () => void;
  readonly onDone: (text: string) => void;
}

export function MigrateDialog({ address, machine, onClose, onDone }: MigrateDialogProps): JSX.Element {
  const client = useClient();
  const { configuration } = address;
  const [{ state, configId, revision }] = useState(machine);
  const [chosen, setChosen] = useState("");
  const [becomes, setBecomes] = useState("");
  const [trial, setTrial] = useState<Machine>();
  const versions = useLoad(
    async (signal) => {
      const { configurations } = await client.configurations.listConfigurations({ configuration }, { signal });
      const found = configurations.find(({ name }) => name === configuration);
      return (found?.versions ?? []).filter((version) => version !== versionOf(configId));
    },
    [client, configuration, configId],
  );
  const to = chosen || (versions.value?.[0] ?? "");
  const target = useLoad(
    to === ""
      ? undefined
      : async (signal) =>
          (await client.configurations.getConfiguration({ configId: `${configuration}:${to}` }, { signal }))
            .configuration,
    [client, configuration, to],
  );
  const isMissing = target.value !== undefined && !target.value.states.includes(state);
  const unready =
    to === ""
      ? "There is no other version."
      : target.value === undefined
        ? "The version is still being read."
        : isMissing && becomes === ""
          ? "Say first what becomes of the state."
          : undefined;
  const ask = async (dryRun: boolean): Promise<Machine | undefined> => {
    const { statemachine } = await client.machines.migrateMachine({
      ...address,
      to,
      stateMap: isMissing ? Object.fromEntries([[state, becomes]]) : {},
      expectedRevision: revision,
      dryRun,
    });
    return statemachine;
  };
  const tryIt = useAction(async () => {
    setTrial(undefined);
    migrate.reset();
    setTrial(await ask(true));
  });
  const migrate = useAction(async () => {
    tryIt.reset();
    await ask(false);
    onDone(`Migrated: the machine goes on by version ${to}.`);
  });
  const forget = (): void => {
    setTrial(undefined);
    tryIt.reset();
    migrate.reset();
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    if (unready === undefined) void migrate.run();
  };
  if (versions.error !== undefined) {
    return (
      <Dialog title="Migrate the machine" onClose={onClose}>
        <Problem error={versions.error} onRetry={versions.reload} />
      </Dialog>
    );
  }
  return (
    <Dialog title="Migrate the machine" onClose={onClose}>
      <form class="stack" onSubmit={submit}>
        <p>
          It runs <bdi>{configId}</bdi> and is in <bdi>{state}</bdi> at revision {revision}. The state is renamed, not
          entered anew; the data stays.
        </p>
        {versions.value === undefined && <Loading what="the versions" />}
        {versions.value?.length === 0 && <Notice>The configuration has no other version.</Notice>}
        {versions.value !== undefined && versions.value.length > 0 && (
          <Field label="To version">
            {(attributes) => (
              <select
                {...attributes}
                value={to}
                onChange={({ currentTarget }) => {
                  setChosen(currentTarget.value);
                  setBecomes("");
                  forget();
                }}
              >
                {versions.value?.map((version) => (
                  <option key={version} value={version}>
                    {version}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
        {target.error !== undefined && <Problem error={target.error} onRetry={target.reload} />}
        {isMissing && (
          <Field label={`State ${state} becomes`} isRequired hint="The version has no state of this name.">
            {(attributes) => (
              <select
                {...attributes}
                value={becomes}
                onChange={({ currentTarget }) => {
                  setBecomes(currentTarget.value);
                  forget();
                }}
              >
                <option value="">–</option>
                {target.value?.states.map((name) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
        {trial !== undefined && (
          <Notice tone="accent" isNews>
            <p>
              Nothing has changed. It would run <bdi>{trial.configId}</bdi> in <bdi>{trial.state}</bdi> at revision{" "}
              {trial.revision}, with {trial.timers.length === 1 ? "1 timer" : `${trial.timers.length} timers`}.
            </p>
          </Notice>
        )}
        {tryIt.error !== undefined && <Problem error={tryIt.error} />}
        {migrate.error !== undefined && <Problem error={migrate.error} />}
        <div class="row">
          <Button type="submit" kind="primary" isBusy={migrate.isBusy} disabledReason={unready}>
            Migrate
          </Button>
          <Button onClick={() => void tryIt.run()} isBusy={tryIt.isBusy} disabledReason={unready}>
            Try it (dry run)
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
