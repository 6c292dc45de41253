/** The data of an event, or of a machine: a field for each part that its schema names, or the whole as JSON. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "./button.tsx";
import { Field, type ControlAttributes } from "./field.tsx";
import { switchDraft, type Draft } from "./schema-draft.ts";
import type { SchemaField } from "./schema-fields.ts";

interface SchemaFormProps {
  /** What it is the data of; heard, not seen: `Data of the event`. */
  readonly label: string;
  /** See `readFields`. Undefined: JSON only. */
  readonly fields: readonly SchemaField[] | undefined;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  /** What is wrong, by pointer; see `readDraft`. */
  readonly errors?: ReadonlyMap<string, string>;
}

const NO_ERRORS: ReadonlyMap<string, string> = new Map();

/** Has no `<form>` of its own, so that it may stand in one. */
export function SchemaForm({ label, fields, draft, onChange, errors = NO_ERRORS }: SchemaFormProps): JSX.Element {
  const [problem, setProblem] = useState<string>();
  const change = (next: Draft): void => {
    setProblem(undefined);
    onChange(next);
  };
  const toggle = (): void => {
    if (fields === undefined) return;
    const next = switchDraft(fields, draft);
    if (typeof next === "string") setProblem(next);
    else change(next);
  };
  return (
    <fieldset class="schema-form">
      <legend>{label}</legend>
      {fields !== undefined && (
        <div class="row">
          <Button isPressed={draft.isJson} onClick={toggle}>
            As JSON
          </Button>
        </div>
      )}
      {draft.isJson || fields === undefined ? (
        <Field
          label={`${label} as JSON`}
          hint={fields === undefined ? "An object, or empty for none." : undefined}
          error={problem ?? errors.get("")}
        >
          {(attributes) => (
            <textarea
              {...attributes}
              rows={6}
              spellcheck={false}
              dir="ltr"
              value={draft.json}
              onInput={({ currentTarget }) => change({ ...draft, json: currentTarget.value })}
            />
          )}
        </Field>
      ) : (
        <SchemaFields
          fields={fields}
          errors={errors}
          texts={draft.texts}
          onText={(pointer, text) => change({ ...draft, texts: new Map(draft.texts).set(pointer, text) })}
        />
      )}
      {!draft.isJson && errors.has("") && <p class="field-error">{errors.get("")}</p>}
    </fieldset>
  );
}

interface FieldsProps {
  readonly fields: readonly SchemaField[];
  readonly texts: ReadonlyMap<string, string>;
  readonly errors: ReadonlyMap<string, string>;
  readonly onText: (pointer: string, text: string) => void;
}

function SchemaFields({ fields, texts, errors, onText }: FieldsProps): JSX.Element {
  return (
    <>
      {fields.map((field) =>
        field.kind === "object" ? (
          <fieldset key={field.pointer}>
            <legend>
              <bdi>{field.label}</bdi>
              {field.isRequired && <span class="required"> (required)</span>}
            </legend>
            {field.hint && <p class="hint">{field.hint}</p>}
            <SchemaFields fields={field.fields} texts={texts} errors={errors} onText={onText} />
          </fieldset>
        ) : (
          <Field
            key={field.pointer}
            label={field.label}
            hint={field.hint}
            error={errors.get(field.pointer)}
            isRequired={field.isRequired}
          >
            {(attributes) => (
              <Control
                field={field}
                attributes={attributes}
                text={texts.get(field.pointer) ?? ""}
                onText={(text) => onText(field.pointer, text)}
              />
            )}
          </Field>
        ),
      )}
    </>
  );
}

interface ControlProps {
  readonly field: SchemaField;
  readonly attributes: ControlAttributes;
  readonly text: string;
  readonly onText: (text: string) => void;
}

function Control({ field, attributes, text, onText }: ControlProps): JSX.Element {
  const { kind, choices, isDate } = field;
  const input = { value: text, onInput: (event: Event) => onText((event.currentTarget as HTMLInputElement).value) };
  switch (kind) {
    case "choice":
    case "boolean": {
      const options =
        kind === "choice" ? choices.map((choice, place) => [String(place), textOf(choice)] as const) : BOOLEANS;
      return (
        <select {...attributes} {...input}>
          <option value="">–</option>
          {options.map(([value, shown]) => (
            <option key={value} value={value}>
              {shown}
            </option>
          ))}
        </select>
      );
    }
    case "json":
    case "object":
      return <textarea {...attributes} {...input} rows={3} spellcheck={false} dir="ltr" />;
    case "number":
    case "integer":
      // A browser's own field for numbers is empty for whatever it does not understand: nobody could say what is wrong with it.
      return <input {...attributes} {...input} type="text" inputMode="decimal" autocomplete="off" />;
    case "text":
    default:
      return isDate ? (
        <input {...attributes} {...input} type="date" />
      ) : (
        <input {...attributes} {...input} type="text" autocomplete="off" />
      );
  }
}

const BOOLEANS = [
  ["true", "true"],
  ["false", "false"],
] as const;

const textOf = (choice: unknown): string => (typeof choice === "string" ? choice : JSON.stringify(choice));
