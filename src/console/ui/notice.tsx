/** Something that its reader ought to know, and that is no error. */
import type { ComponentChildren, JSX } from "preact";
import type { Tone } from "./badge.tsx";

interface NoticeProps {
  readonly tone?: Tone;
  /** It has just happened: it is told to whoever hears the page. */
  readonly isNews?: boolean;
  readonly children: ComponentChildren;
}

export function Notice({ tone = "neutral", isNews = false, children }: NoticeProps): JSX.Element {
  return (
    <div class={`notice ${tone}`} role={isNews ? "status" : undefined}>
      {children}
    </div>
  );
}
