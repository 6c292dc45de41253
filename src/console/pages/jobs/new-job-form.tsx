/** The form of a job: which machines, what is done to them, how fast. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { findFilterProblems, queryOf, readFilter } from "../../data/machine-filter.ts";
import { useAction } from "../../data/use-action.ts";
import { useConfigurations } from "../../data/use-configurations.ts";
import { useNavigation } from "../../navigation.tsx";
import { useSession } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { MachineFilterFields } from "../../ui/machine-filter.tsx";
import { Problem } from "../../ui/problem.tsx";
import { Section } from "../../ui/section.tsx";
import { ActionFields } from "./action-fields.tsx";
import { MatchCount, useMatchCount } from "./match-count.tsx";
import { readKind, scopeOf } from "./new-job.ts";
import { RunDialog } from "./run-dialog.tsx";
import { useJobCreation } from "./use-job-creation.ts";
import { useJobDraft } from "./use-job-draft.ts";
import { useVersions } from "./use-versions.ts";

const WHAT = {
  send: "The event will be sent to every machine that matches.",
  migrate: "Every machine that matches will be migrated.",
  delete: "Every machine that matches will be deleted, with its history.",
} as const;

export function NewJobForm(): JSX.Element {
  const { lacks } = useSession();
  const { query, setQuery } = useNavigation();
  const filter = readFilter(query);
  const kind = readKind(query["action"]);
  const configurations = useConfigurations();
  const versions = useVersions(filter.configuration, filter.version);
  const draft = useJobDraft(kind, filter, versions.value);
  const count = useMatchCount(filter);
  const [isAsking, setAsking] = useState(false);
  const createJob = useJobCreation();
  const create = useAction(async (dryRun: boolean) => {
    const request = draft.read();
    if (request === undefined) return setAsking(false);
    await createJob({ ...request, dryRun });
  });
  const lack = lacks("ops") ?? lacks(scopeOf(kind));
  const submit = (event: Event): void => {
    event.preventDefault();
    if (lack === undefined) void create.run(true);
  };
  const problems = new Map([...findFilterProblems(filter), ...draft.errors]);
  return (
    <form class="stack" onSubmit={submit} noValidate>
      <Section title="Which machines">
        <div class="form">
          <MachineFilterFields
            filter={filter}
            configurations={configurations.value ?? (configurations.isLoading ? [] : undefined)}
            problems={problems as ReadonlyMap<keyof typeof filter, string>}
            onChange={(next) => setQuery(queryOf(next), true)}
          />
        </div>
        {configurations.error !== undefined && <Problem error={configurations.error} onRetry={configurations.reload} />}
        <MatchCount count={count} filter={filter} />
      </Section>
      <Section title="What to do">
        <ActionFields
          kind={kind}
          versions={versions}
          draft={draft}
          onKind={(next) => setQuery({ action: next }, true)}
        />
        <Field label="Machines a second" hint="At most 1,000." error={draft.errors.get("rate")}>
          {(attributes) => (
            <input
              {...attributes}
              class="short"
              inputMode="numeric"
              value={draft.entry.rate}
              onInput={({ currentTarget }) => draft.change({ rate: currentTarget.value })}
            />
          )}
        </Field>
      </Section>
      {create.error !== undefined && <Problem error={create.error} />}
      <div class="row">
        <Button type="submit" kind="primary" isBusy={create.isBusy} disabledReason={lack}>
          Dry run
        </Button>
        <Button disabledReason={lack} onClick={() => setAsking(draft.read() !== undefined)}>
          Run without a dry run …
        </Button>
      </div>
      {isAsking && (
        <RunDialog
          what={WHAT[kind]}
          count={count.value?.total}
          typed={kind === "delete" ? filter.configuration : undefined}
          isBusy={create.isBusy}
          error={create.error}
          onRun={() => {
            void create.run(false);
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </form>
  );
}
