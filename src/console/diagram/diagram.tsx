/** A diagram in a page. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useLoad } from "../data/use-load.ts";
import { parsePicture } from "../trusted.ts";
import { Button } from "../ui/button.tsx";
import { Loading } from "../ui/loading.tsx";
import { Problem } from "../ui/problem.tsx";
import { drawDiagram, type Subject } from "./drawing.ts";

/** The last picture stays until the next one is drawn. */
export function Diagram(subject: Subject): JSX.Element {
  const { source, title, marks, counts } = subject;
  const [isFitted, setFitted] = useState(true);
  // Equal content is the same picture, whoever has made it anew.
  const content = JSON.stringify([source, title, marks, counts && [...counts]]);
  const { value: svg, error } = useLoad(() => drawDiagram(subject), [content]);
  const last = useRef<string | undefined>(undefined);
  last.current = svg ?? last.current;
  return (
    <div class="diagram">
      <div class="row">
        <Button isPressed={isFitted} onClick={() => setFitted(!isFitted)}>
          Fit the width
        </Button>
      </div>
      {error !== undefined && <Problem error={error} />}
      {last.current === undefined ? (
        error === undefined && <Loading what="the diagram" />
      ) : (
        <Picture svg={last.current} title={title} isFitted={isFitted} />
      )}
    </div>
  );
}

interface PictureProps {
  readonly svg: string;
  readonly title: string;
  readonly isFitted: boolean;
}

function Picture({ svg, title, isFitted }: PictureProps): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => frame.current?.replaceChildren(parsePicture(svg)), [svg]);
  return (
    <div
      class={isFitted ? "picture fitted" : "picture"}
      ref={frame}
      tabIndex={0}
      role="region"
      aria-label={`Diagram of ${title}`}
    />
  );
}
