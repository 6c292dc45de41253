/** What every page has: a heading that says where its reader is, the way back, and what can be done. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Link, useNavigation } from "../navigation.tsx";

interface Crumb {
  readonly to: string;
  readonly text: string;
}

interface PageProps {
  /** Also of the tab; may be any text, such as the id of a machine. */
  readonly title: string;
  /** What it is a page of, outermost first. */
  readonly crumbs?: readonly Crumb[];
  /** Buttons and links beside the heading. */
  readonly actions?: ComponentChildren;
  /** Under the heading. */
  readonly lead?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** Whose heading was told last: a page that is put together anew when it has loaded is the same one. */
let lastPath: string | undefined;

export function Page({ title, crumbs = [], actions, lead, children }: PageProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  const { path } = useNavigation();
  useEffect(() => {
    document.title = `${title} · Detent`;
  }, [title]);
  useEffect(() => {
    // Whoever hears the page is told of the new one, and goes on from its beginning; a browser does so by itself at first.
    if (lastPath !== undefined && lastPath !== path) heading.current?.focus({ preventScroll: true });
    lastPath = path;
  }, [path]);
  return (
    <>
      {crumbs.length > 0 && (
        <nav class="crumbs" aria-label="Breadcrumb">
          <ol>
            {crumbs.map(({ to, text }) => (
              <li key={to}>
                <Link to={to}>
                  <bdi>{text}</bdi>
                </Link>
              </li>
            ))}
          </ol>
        </nav>
      )}
      <div class="heading">
        <h1 ref={heading} tabIndex={-1}>
          <bdi>{title}</bdi>
        </h1>
        {actions && <div class="row">{actions}</div>}
      </div>
      {lead && <div class="lead">{lead}</div>}
      {children}
    </>
  );
}
