/** A field for a JSON object. */
import type { JSX } from "preact";
import { Field } from "../../ui/field.tsx";

interface DataFieldProps {
  readonly label: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly error: string | undefined;
}

export function DataField({ label, text, onChange, error }: DataFieldProps): JSX.Element {
  return (
    <Field label={label} error={error}>
      {(attributes) => (
        <input
          {...attributes}
          class="data"
          value={text}
          placeholder="{}"
          autocomplete="off"
          spellcheck={false}
          dir="ltr"
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
