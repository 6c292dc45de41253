/** The event that a job sends. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { ChoiceField } from "../../ui/choice-field.tsx";
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
  /** Undefined: cannot be read, so that a name is entered. */
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
      <ChoiceField
        label="Event"
        isRequired
        error={errors.get("event")}
        value={event}
        choices={versions && eventsOf(versions.configurations)}
        none="Choose an event"
        onChange={(name) => onChange({ ...entry, event: name, draft: undefined })}
      />
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
