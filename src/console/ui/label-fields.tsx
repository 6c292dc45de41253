/** Labels as they are edited: a name and a value each, as fields of a form. */
import type { JSX } from "preact";
import type { LabelRow } from "../data/label-edit.ts";
import { Button } from "./button.tsx";
import { Field } from "./field.tsx";

interface LabelFieldsProps {
  readonly rows: readonly LabelRow[];
  readonly onChange: (rows: LabelRow[]) => void;
}

/** Has no `<form>` of its own, so that it may stand in one; a row is added by `AddLabel`. */
export function LabelFields({ rows, onChange }: LabelFieldsProps): JSX.Element {
  const change = (key: number, part: Partial<LabelRow>): void => {
    onChange(rows.map((row) => (row.key === key ? { ...row, ...part } : row)));
  };
  return (
    <>
      {rows.map(({ key, name, value }, place) => (
        <div class="label-row" key={key}>
          <Field label={`Name of label ${place + 1}`}>
            {(attributes) => (
              <input
                {...attributes}
                value={name}
                autocomplete="off"
                onInput={({ currentTarget }) => change(key, { name: currentTarget.value })}
              />
            )}
          </Field>
          <Field label={`Value of label ${place + 1}`}>
            {(attributes) => (
              <input
                {...attributes}
                value={value}
                autocomplete="off"
                onInput={({ currentTarget }) => change(key, { value: currentTarget.value })}
              />
            )}
          </Field>
          <Button
            kind="quiet"
            label={`Take off label ${place + 1}`}
            onClick={() => onChange(rows.filter((row) => row.key !== key))}
          >
            ✕
          </Button>
        </div>
      ))}
    </>
  );
}

export function AddLabel({ rows, onChange }: LabelFieldsProps): JSX.Element {
  const add = (): void => {
    onChange([...rows, { key: Math.max(-1, ...rows.map(({ key }) => key)) + 1, name: "", value: "" }]);
  };
  return <Button onClick={add}>Add a label</Button>;
}
