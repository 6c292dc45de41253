/** A word in a frame: a state, or how something went. */
import type { JSX } from "preact";

export type Tone = "neutral" | "good" | "bad" | "warn" | "accent";

/** The word may be any text, such as the name of a state. */
export function Badge({ text, tone = "neutral" }: { readonly text: string; readonly tone?: Tone }): JSX.Element {
  return (
    <span class={`badge ${tone}`}>
      <bdi>{text}</bdi>
    </span>
  );
}

const RESULT_TONES: Readonly<Record<string, Tone>> = {
  transitioned: "good",
  ignored: "neutral",
  deferred: "warn",
  refused: "bad",
  failed: "bad",
};

/** The result of a receipt. */
export function ResultBadge({ result }: { readonly result: string }): JSX.Element {
  return <Badge text={result} tone={RESULT_TONES[result] ?? "neutral"} />;
}
