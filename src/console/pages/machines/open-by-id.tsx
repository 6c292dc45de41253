/** Straight to a machine whose id is known, also one that the list does not have yet. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { checkId } from "../../../engine/names.ts";
import { hrefOf } from "../../addresses.ts";
import { useNavigation } from "../../navigation.tsx";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";

export function OpenById({ configuration }: { readonly configuration: string }): JSX.Element {
  const { go } = useNavigation();
  const [id, setId] = useState("");
  const [problem, setProblem] = useState<string>();
  const open = (event: Event): void => {
    event.preventDefault();
    const found = id === "" ? "Enter the id of a machine." : checkId(id)?.message;
    setProblem(found);
    if (found === undefined) go(hrefOf("machine", { configuration, id }));
  };
  return (
    <form class="open-by-id" onSubmit={open} aria-label="Open a machine">
      <Field label="Open by id" error={problem}>
        {(attributes) => (
          <input
            {...attributes}
            dir="auto"
            autocomplete="off"
            spellcheck={false}
            value={id}
            onInput={({ currentTarget }) => {
              setId(currentTarget.value);
              setProblem(undefined);
            }}
          />
        )}
      </Field>
      <Button type="submit">Open</Button>
    </form>
  );
}
