/** The event that a job sends. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { Field } from "../../ui/field.tsx";
import { beginDraft, type Draft } from "../../ui/schema-draft.ts";
import { readFields } from "../../ui/schema-fields.ts";
import { SchemaForm } from "../../ui/schema-form.tsx";
import { eventsOf, schemaOf } from "./new-job.ts";
import type { Versions } from "./use-versions.ts";

export interface SendEntry {
  readonly event: string;
  /** Undefined: nothing was entered yet. */
  readonly draft: Draft | undefined;
  readonly details: string;
}

interface SendFieldsProps {
  readonly versions: Versions | undefined;
  readonly entry: SendEntry;
  readonly onChange: (entry: SendEntry) => void;
  readonly errors: ReadonlyMap<string, string>;
}

export function SendFields({ versions, entry, onChange, errors }: SendFieldsProps): JSX.Element {
  const { event, details } = entry;
  const schema = schemaOf(event, versions?.configurations ?? []);
  const fields = useMemo(() => readFields(schema), [schema]);
  const draft = entry.draft ?? beginDraft(fields);
  return (
    <>
      <Field label="Event" isRequired error={errors.get("event")}>
        {(attributes) => (
          <select
            {...attributes}
            value={event}
            onChange={({ currentTarget }) => onChange({ ...entry, event: currentTarget.value, draft: undefined })}
          >
            <option value="">Choose an event</option>
            {eventsOf(versions?.configurations ?? []).map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      {event !== "" && (
        <SchemaForm
          label="Data of the event"
          fields={fields}
          draft={draft}
          errors={errors}
          onChange={(next) => onChange({ ...entry, draft: next })}
        />
      )}
      <Field label="Details" hint="For people; stands in the history of every machine.">
        {(attributes) => (
          <input
            {...attributes}
            value={details}
            autocomplete="off"
            onInput={({ currentTarget }) => onChange({ ...entry, details: currentTarget.value })}
          />
        )}
      </Field>
    </>
  );
}
