/** What a job does to each machine. */
import type { JSX } from "preact";
import { useConfiguration } from "../../data/use-configurations.ts";
import type { Loaded } from "../../data/use-load.ts";
import { Notice } from "../../ui/notice.tsx";
import { Problem } from "../../ui/problem.tsx";
import { MigrateFields } from "./migrate-fields.tsx";
import { JOB_KINDS, statesToMap, type JobKind } from "./new-job.ts";
import { SendFields } from "./send-fields.tsx";
import type { JobDraft } from "./use-job-draft.ts";
import type { Versions } from "./use-versions.ts";

const TEXTS: Readonly<Record<JobKind, string>> = {
  send: "Send an event",
  migrate: "Migrate to another version",
  delete: "Delete",
};

/** As long as they are on their way. */
const NONE: Versions = { names: [], configurations: [] };

interface ActionFieldsProps {
  readonly kind: JobKind;
  readonly versions: Loaded<Versions>;
  readonly draft: JobDraft;
  readonly onKind: (kind: JobKind) => void;
}

export function ActionFields({ kind, versions, draft, onKind }: ActionFieldsProps): JSX.Element {
  return (
    <>
      <fieldset>
        <legend>Action</legend>
        <div class="row">
          {JOB_KINDS.map((each) => (
            <label key={each} class="check">
              <input type="radio" name="action" value={each} checked={each === kind} onChange={() => onKind(each)} />
              {TEXTS[each]}
            </label>
          ))}
        </div>
      </fieldset>
      {versions.error !== undefined && <Problem error={versions.error} onRetry={versions.reload} />}
      <KindFields
        kind={kind}
        versions={versions.value ?? (versions.error === undefined ? NONE : undefined)}
        draft={draft}
      />
    </>
  );
}

interface KindFieldsProps extends Pick<ActionFieldsProps, "kind" | "draft"> {
  readonly versions: Versions | undefined;
}

function KindFields({ kind, versions, draft }: KindFieldsProps): JSX.Element {
  const { entry, change, errors } = draft;
  const configurations = versions?.configurations ?? [];
  const target = useConfiguration(configurations[0]?.name ?? "", kind === "migrate" ? entry.migrate.to : "").value;
  switch (kind) {
    case "send":
      return (
        <SendFields versions={versions} entry={entry.send} errors={errors} onChange={(send) => change({ send })} />
      );
    case "migrate":
      return (
        <MigrateFields
          versions={versions?.names}
          missing={statesToMap(configurations, target)}
          states={target?.states ?? []}
          entry={entry.migrate}
          errors={errors}
          onChange={(migrate) => change({ migrate })}
        />
      );
    case "delete":
    default:
      return <Notice tone="warn">Machines go with their history, and cannot be brought back.</Notice>;
  }
}
