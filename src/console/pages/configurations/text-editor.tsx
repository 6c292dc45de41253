/** A text with its lines numbered. Tab leads on, as in any field. */
import type { JSX, Ref } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { Field } from "../../ui/field.tsx";
import type { PlacedFinding } from "./placed-finding.ts";

interface TextEditorProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
  /** Their lines are marked. */
  readonly findings: readonly PlacedFinding[];
  readonly control: Ref<HTMLTextAreaElement>;
}

export function TextEditor({ text, onChange, findings, control }: TextEditorProps): JSX.Element {
  const gutter = useRef<HTMLPreElement>(null);
  const numbers = useMemo(() => numberLines(text, findings), [text, findings]);
  return (
    <Field label="Configuration" hint="YAML or JSON. Indent with spaces: the Tab key leads to what comes next.">
      {(attributes) => (
        <div class="editor">
          <pre ref={gutter} aria-hidden="true">
            {numbers}
          </pre>
          <textarea
            {...attributes}
            ref={control}
            class="text"
            value={text}
            wrap="off"
            spellcheck={false}
            autocomplete="off"
            autocapitalize="off"
            dir="ltr"
            rows={26}
            onInput={(event) => onChange(event.currentTarget.value)}
            onScroll={(event) => {
              if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
            }}
          />
        </div>
      )}
    </Field>
  );
}

/** One number a line; before it what is said of the line. */
function numberLines(text: string, findings: readonly PlacedFinding[]): string {
  const marks = new Map<number, string>();
  for (const { place, severity } of findings) {
    if (place && (severity === "error" || !marks.has(place.line)))
      marks.set(place.line, severity === "error" ? "✕" : "!");
  }
  const count = text.split("\n").length;
  return Array.from({ length: count }, (_, i) => `${marks.get(i + 1) ?? " "} ${i + 1}`).join("\n");
}
