/** One of several texts; where nobody knows which there are, any text. */
import type { JSX } from "preact";
import { Field } from "./field.tsx";

interface ChoiceFieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly isRequired?: boolean;
  readonly value: string;
  /** Undefined: not known, so that one is entered. */
  readonly choices: readonly string[] | undefined;
  /** What nothing chosen means: `Any`. */
  readonly none: string;
  /** What is said of a choice behind its name. */
  readonly noteOf?: (choice: string) => string | undefined;
  readonly onChange: (value: string) => void;
}

export function ChoiceField(props: ChoiceFieldProps): JSX.Element {
  const { label, hint, error, isRequired = false, value, choices, none, noteOf, onChange } = props;
  const change = ({ currentTarget }: { readonly currentTarget: HTMLInputElement | HTMLSelectElement }): void =>
    onChange(currentTarget.value);
  return (
    <Field label={label} hint={hint} error={error} isRequired={isRequired}>
      {(attributes) =>
        choices === undefined ? (
          <input {...attributes} value={value} placeholder={none} autocomplete="off" onInput={change} />
        ) : (
          <select {...attributes} value={value} onChange={change}>
            <option value="">{none}</option>
            {withValue(choices, value).map((choice) => {
              const note = noteOf?.(choice);
              return (
                <option key={choice} value={choice}>
                  {note === undefined ? choice : `${choice} (${note})`}
                </option>
              );
            })}
          </select>
        )
      }
    </Field>
  );
}

/** What an address asks for is shown, also where there is no such thing (any more). */
function withValue(choices: readonly string[], value: string): readonly string[] {
  return value === "" || choices.includes(value) ? choices : [value, ...choices];
}
