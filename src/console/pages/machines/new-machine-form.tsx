/** What a new machine is to be: its id, the state it starts in, its labels and its data. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { DetentError } from "../../../client/error.ts";
import type { Configuration } from "../../../gen/detent/v1/configuration_pb.ts";
import { hrefOf } from "../../addresses.ts";
import type { LabelRow } from "../../data/label-edit.ts";
import { useAction } from "../../data/use-action.ts";
import { useNavigation } from "../../navigation.tsx";
import { useSession } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { ChoiceField } from "../../ui/choice-field.tsx";
import { Code } from "../../ui/code.tsx";
import { curlText } from "../../ui/curl-text.ts";
import { Field } from "../../ui/field.tsx";
import { AddLabel, LabelFields } from "../../ui/label-fields.tsx";
import { beginDraft } from "../../ui/schema-draft.ts";
import { readFields } from "../../ui/schema-fields.ts";
import { SchemaForm } from "../../ui/schema-form.tsx";
import { CreationProblem } from "./creation-problem.tsx";
import { bodyOf, carryDraft, entryErrorsOf, readEntry, statesToBegin, type EntryErrors } from "./machine-entry.ts";

const NO_ERRORS: EntryErrors = { data: new Map() };

interface NewMachineFormProps {
  readonly configuration: string;
  readonly version: string;
  /** Undefined: on its way, or the credential may not read it. */
  readonly definition: Configuration | undefined;
  /** Why no machine can be created. */
  readonly obstacle: string | undefined;
  /** The fields by which configuration and version are chosen. */
  readonly children: ComponentChildren;
}

export function NewMachineForm(props: NewMachineFormProps): JSX.Element {
  const { configuration, version, definition, obstacle, children } = props;
  const { client, lacks, key } = useSession();
  const { go, query, setQuery } = useNavigation();
  const { state = "" } = query;
  const [id, setId] = useState("");
  const [labels, setLabels] = useState<readonly LabelRow[]>([]);
  const [errors, setErrors] = useState(NO_ERRORS);
  const schema = definition?.stateOptions[state || definition.startingState]?.schema;
  const fields = useMemo(() => readFields(schema), [schema]);
  const [draft, setDraft] = useState(() => beginDraft(fields));
  const shaped = useRef(fields);
  useEffect(() => {
    if (shaped.current !== fields) setDraft(carryDraft(shaped.current, draft, fields));
    shaped.current = fields;
  }, [fields]);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [errors]);

  const read = readEntry({ configuration, version, id, state, labels, draft }, fields);
  // Of a creation of which nobody knows whether it arrived: under the same key the same is created once.
  const unsettled = useRef<{ readonly content: string; readonly idempotencyKey: string }>(undefined);
  const create = useAction(async () => {
    setErrors("errors" in read ? read.errors : NO_ERRORS);
    if ("errors" in read) return;
    const content = JSON.stringify(bodyOf(read.request));
    const idempotencyKey = unsettled.current?.content === content ? unsettled.current.idempotencyKey : "";
    try {
      const created = await client.machines.createMachine({ ...read.request, idempotencyKey });
      go(hrefOf("machine", { configuration, id: created.id }));
    } catch (error) {
      if (error instanceof DetentError && error.idempotencyKey !== undefined) {
        unsettled.current = { content, idempotencyKey: error.idempotencyKey };
      }
      setErrors(entryErrorsOf(error));
      throw error;
    }
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    void create.run();
  };
  return (
    <form class="stack" aria-label="New machine" ref={form} onSubmit={submit} noValidate>
      <div class="form">
        {children}
        <ChoiceField
          label="State"
          value={state}
          choices={definition && statesToBegin(definition)}
          none={definition === undefined ? "The starting state" : `${definition.startingState} (starting state)`}
          onChange={(chosen) => setQuery({ state: chosen }, true)}
        />
        <Field label="Id" hint="A UUID is made where this is empty." error={errors.id}>
          {(attributes) => (
            <input
              {...attributes}
              dir="auto"
              autocomplete="off"
              spellcheck={false}
              value={id}
              onInput={({ currentTarget }) => setId(currentTarget.value)}
            />
          )}
        </Field>
      </div>
      <SchemaForm label="Data" fields={fields} draft={draft} onChange={setDraft} errors={errors.data} />
      <fieldset>
        <legend>Labels</legend>
        <LabelFields rows={labels} onChange={setLabels} />
        {errors.labels !== undefined && (
          <p class="field-error" role="alert">
            {errors.labels}
          </p>
        )}
        <div class="row">
          <AddLabel rows={labels} onChange={setLabels} />
        </div>
      </fieldset>
      {create.error !== undefined && <CreationProblem error={create.error} configuration={configuration} id={id} />}
      <div class="row">
        <Button
          type="submit"
          kind="primary"
          isBusy={create.isBusy}
          disabledReason={lacks("machines:write") ?? obstacle}
        >
          Create machine
        </Button>
      </div>
      {"request" in read && (
        <details>
          <summary>As a command</summary>
          <Code
            text={curlText({
              method: "POST",
              path: "/api/v1/statemachines",
              body: bodyOf(read.request),
              hasKey: key !== undefined,
            })}
            label="A command that creates the machine"
            canBeCopied
          />
        </details>
      )}
    </form>
  );
}
