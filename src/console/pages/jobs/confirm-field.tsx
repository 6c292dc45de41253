/** What has to be typed before machines are deleted. */
import type { JSX } from "preact";
import { Field } from "../../ui/field.tsx";

interface ConfirmFieldProps {
  /** The text to type. */
  readonly typed: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function ConfirmField({ typed, value, onChange }: ConfirmFieldProps): JSX.Element {
  return (
    <Field label={`Type ${typed} to confirm`} hint="Machines cannot be brought back.">
      {(attributes) => (
        <input
          {...attributes}
          value={value}
          autocomplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) => onChange(currentTarget.value)}
        />
      )}
    </Field>
  );
}

/** Why it cannot go on yet; `typed` undefined: nothing has to be typed. */
export function lackOfConfirmation(typed: string | undefined, value: string): string | undefined {
  return typed !== undefined && value !== typed ? `Type ${typed} first.` : undefined;
}
