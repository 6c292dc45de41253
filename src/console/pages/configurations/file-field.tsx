/** Taking the text from a file. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Field } from "../../ui/field.tsx";

/** A configuration has 256 KiB as compact JSON; as text it may be longer, but not by so much. */
const MAX_BYTES = 2 * 1024 * 1024;

export function FileField({ onRead }: { readonly onRead: (text: string, name: string) => void }): JSX.Element {
  const [complaint, setComplaint] = useState<string>();
  const read = async (file: File): Promise<void> => {
    if (file.size > MAX_BYTES) return setComplaint(`${file.name} is larger than 2 MiB.`);
    try {
      const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
      setComplaint(undefined);
      // As text areas have it.
      onRead(text.replaceAll(/\r\n?/g, "\n"), file.name);
    } catch {
      setComplaint(`${file.name} is no text in UTF-8, or cannot be read.`);
    }
  };
  return (
    <Field label="Take it from a file" error={complaint}>
      {(attributes) => (
        <input
          {...attributes}
          type="file"
          accept=".yaml,.yml,.json,application/json,application/yaml,text/yaml"
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            // The same file may be taken again once it was changed.
            currentTarget.value = "";
            if (file) void read(file);
          }}
        />
      )}
    </Field>
  );
}
