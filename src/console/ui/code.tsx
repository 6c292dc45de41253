/** Text of machines: JSON, YAML, commands. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button } from "./button.tsx";

interface CodeProps {
  readonly text: string;
  /** What it is; heard, not seen. */
  readonly label: string;
  /** A button puts it on the clipboard. */
  readonly canBeCopied?: boolean;
}

/** It scrolls by itself, with the keyboard, too. */
export function Code({ text, label, canBeCopied = false }: CodeProps): JSX.Element {
  return (
    <div class="code">
      <pre tabIndex={0} role="region" aria-label={label}>
        <code dir="ltr">{text}</code>
      </pre>
      {canBeCopied && <CopyButton text={text} label={`Copy: ${label}`} />}
    </div>
  );
}

/** How long it says that it has copied. */
const COPIED_MS = 2_000;

function CopyButton({ text, label }: { readonly text: string; readonly label: string }): JSX.Element {
  const [said, setSaid] = useState("Copy");
  useEffect(() => {
    if (said === "Copy") return undefined;
    const timer = setTimeout(() => setSaid("Copy"), COPIED_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = (): void => {
    // Only over HTTPS or on the reader's own machine is there a clipboard.
    const written = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error("no clipboard"));
    written.then(
      () => setSaid("Copied"),
      () => setSaid("Not possible here"),
    );
  };
  return (
    <Button kind="quiet" onClick={copy} label={said === "Copy" ? label : said}>
      <span role="status">{said}</span>
    </Button>
  );
}
