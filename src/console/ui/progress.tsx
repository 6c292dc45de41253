/** How far something long has come. */
import type { JSX } from "preact";

interface ProgressProps {
  /** What is going on. */
  readonly label: string;
  readonly done: number;
  /** 0: not known yet. */
  readonly of: number;
}

export function Progress({ label, done, of: total }: ProgressProps): JSX.Element {
  return (
    <div class="progress">
      <progress aria-label={label} max={total || 1} {...(total > 0 && { value: Math.min(done, total) })} />
    </div>
  );
}
