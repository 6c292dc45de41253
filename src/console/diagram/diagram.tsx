/** A diagram in a page. */
import type { JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { STYLE } from "../../diagram/style.ts";
import { useLoad } from "../data/use-load.ts";
import { parsePicture } from "../trusted.ts";
import { Button } from "../ui/button.tsx";
import { Loading } from "../ui/loading.tsx";
import { Problem } from "../ui/problem.tsx";
import { drawDiagram, type Picture, type Subject } from "./drawing.ts";

interface DiagramProps extends Subject {
  /** Hears of the state that is clicked. Give the keyboard another way to the same, such as links in a table of the states. */
  readonly onPick?: (state: string) => void;
}

/** The last picture stays until the next one is drawn, and where that cannot be. */
export function Diagram(props: DiagramProps): JSX.Element {
  const { source, title, marks, counts, onPick } = props;
  const [isFitted, setFitted] = useState(true);
  const inlineAs = `picture-${useId().replaceAll(/[^\w-]/g, "")}`;
  // Equal content is the same picture, whoever has made it anew.
  const content = JSON.stringify([source, title, marks, counts && [...counts]]);
  const { value, error } = useLoad(() => drawDiagram(props, inlineAs), [content]);
  const last = useRef<Picture | undefined>(undefined);
  last.current = value ?? last.current;
  return (
    <div class="diagram">
      {error !== undefined && <Problem error={error} />}
      {last.current === undefined ? (
        error === undefined && <Loading what="the diagram" />
      ) : (
        <>
          <Frame picture={last.current} title={title} isFitted={isFitted} onPick={onPick} />
          <div class="row">
            <Button isPressed={isFitted} onClick={() => setFitted(!isFitted)}>
              Fit the width
            </Button>
          </div>
        </>
      )}
    </div>
  );
}

interface FrameProps extends Pick<DiagramProps, "title"> {
  readonly picture: Picture;
  readonly isFitted: boolean;
  readonly onPick: DiagramProps["onPick"];
}

function Frame({ picture, title, isFitted, onPick }: FrameProps): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(adoptStyle, []);
  useEffect(() => frame.current?.replaceChildren(parsePicture(picture.svg)), [picture.svg]);
  const pick = ({ target }: Event): void => {
    const group = target instanceof Element ? target.closest("[data-state]") : null;
    const state = picture.states[Number(group?.getAttribute("data-state") ?? Number.NaN)];
    if (state !== undefined) onPick?.(state);
  };
  return (
    <div
      class={["picture", isFitted && "fitted", onPick && "pickable"].filter(Boolean).join(" ")}
      ref={frame}
      tabIndex={0}
      role="region"
      aria-label={`Diagram of ${title}`}
      onClick={pick}
    />
  );
}

let isAdopted = false;

/** As a sheet of its own, which the policy of the page allows, as it does not allow a `style` element. */
function adoptStyle(): void {
  if (isAdopted) return;
  isAdopted = true;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  document.adoptedStyleSheets.push(sheet);
}
