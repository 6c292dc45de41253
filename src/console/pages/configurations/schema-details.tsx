/** A JSON Schema, folded away. */
import type { JSX } from "preact";
import { Json } from "../../ui/json.tsx";

interface SchemaDetailsProps {
  readonly schema: Record<string, unknown> | undefined;
  /** Whose it is. */
  readonly of: string;
}

export function SchemaDetails({ schema, of }: SchemaDetailsProps): JSX.Element {
  if (schema === undefined) return <span class="faint">–</span>;
  return (
    <details>
      <summary>
        Schema<span class="hidden"> of {of}</span>
      </summary>
      <Json value={schema} label={`Schema of ${of}`} />
    </details>
  );
}
