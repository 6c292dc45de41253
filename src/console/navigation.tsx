/** Which page is shown, and how to get to another one without loading everything anew. */
import { createContext, type ComponentChildren, type JSX } from "preact";
import { useContext, useEffect, useMemo, useState } from "preact/hooks";
import { readPath, searchOf, type Address, type Query } from "./addresses.ts";

interface Place {
  /** Undefined: there is no such page. */
  readonly address: Address | undefined;
  readonly path: string;
  readonly query: Query;
}

interface Navigation extends Place {
  /** Goes to an address of the console; `isReplacing`: without a step in the browser's history. */
  readonly go: (href: string, isReplacing?: boolean) => void;
  /** Changes the parameters behind the `?` of this page; undefined and empty ones are taken out. */
  readonly setQuery: (change: Query, isReplacing?: boolean) => void;
}

const Context = createContext<Navigation | undefined>(undefined);

export function NavigationProvider({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const [href, setHref] = useState(() => location.pathname + location.search);
  useEffect(() => {
    const follow = (): void => setHref(location.pathname + location.search);
    addEventListener("popstate", follow);
    return () => removeEventListener("popstate", follow);
  }, []);
  const navigation = useMemo(() => {
    const place = readPlace(href);
    const go = (to: string, isReplacing = false): void => {
      history[isReplacing ? "replaceState" : "pushState"](null, "", to);
      setHref(to);
    };
    const setQuery = (change: Query, isReplacing = false): void => {
      go(place.path + searchOf({ ...place.query, ...change }), isReplacing);
    };
    return { ...place, go, setQuery };
  }, [href]);
  return <Context.Provider value={navigation}>{children}</Context.Provider>;
}

export function useNavigation(): Navigation {
  const navigation = useContext(Context);
  if (navigation === undefined) throw new Error("there is no NavigationProvider around this");
  return navigation;
}

function readPlace(href: string): Place {
  const { pathname, searchParams } = new URL(href, location.origin);
  return { address: readPath(pathname), path: pathname, query: Object.fromEntries(searchParams) };
}

interface LinkProps {
  /** An address of the console: see `hrefOf`. */
  readonly to: string;
  readonly class?: string;
  /** It leads to where its reader is. */
  readonly isCurrent?: boolean;
  /** For who hears it, where the children do not say enough. */
  readonly label?: string;
  readonly children: ComponentChildren;
}

/** A link to a page of the console. */
export function Link({ to, class: kind, isCurrent = false, label, children }: LinkProps): JSX.Element {
  const { go } = useNavigation();
  const follow = (event: MouseEvent): void => {
    // With one of these the reader wants another tab or window, which is the browser's business.
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={to} class={kind} aria-current={isCurrent ? "page" : undefined} aria-label={label} onClick={follow}>
      {children}
    </a>
  );
}
