/** What stands around every page: the way to the others, and who is signed in. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { hrefOf, PATHS, type PageName } from "./addresses.ts";
import { Link, useNavigation } from "./navigation.tsx";
import { useSession, type Session } from "./session/session.ts";
import { Button } from "./ui/button.tsx";

interface Entry {
  readonly text: string;
  readonly to: string;
  /** The pages that belong to it. */
  readonly pages: readonly PageName[];
}

export function Frame({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const session = useSession();
  const { address, path } = useNavigation();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => setOpen(false), [path]);
  return (
    <div class="frame">
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <header class="top">
        <Link class="brand" to={PATHS.overview}>
          <Mark /> Detent
        </Link>
        <Button kind="quiet" isExpanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <span class="menu-word">Menu</span>
        </Button>
      </header>
      <div class={isOpen ? "side open" : "side"}>
        <nav aria-label="Console">
          <ul>
            {entriesFor(session).map(({ text, to, pages }) => (
              <li key={to}>
                <Link to={to} isCurrent={address !== undefined && pages.includes(address.page)}>
                  {text}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <Account session={session} />
      </div>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

function entriesFor({ principal }: Session): Entry[] {
  const { root, scopes } = principal;
  const keys: Entry[] = [
    { text: "Keys", to: hrefOf("keys"), pages: ["keys"] },
    { text: "Audit log", to: hrefOf("audit"), pages: ["audit"] },
  ];
  const tenants: Entry = { text: "Tenants", to: hrefOf("tenants"), pages: ["tenants"] };
  if (root) return [tenants, ...keys];
  return [
    { text: "Overview", to: hrefOf("overview"), pages: ["overview"] },
    {
      text: "Configurations",
      to: hrefOf("configurations"),
      pages: ["configurations", "configuration", "comparison", "newConfiguration"],
    },
    { text: "Machines", to: hrefOf("machines"), pages: ["machines", "machine", "newMachine"] },
    { text: "Jobs", to: hrefOf("jobs"), pages: ["jobs", "job", "newJob"] },
    { text: "Failures", to: hrefOf("failures"), pages: ["failures"] },
    { text: "Dead letters", to: hrefOf("deadLetters"), pages: ["deadLetters"] },
    ...(scopes.includes("keys:admin") ? keys : []),
  ];
}

function Account({ session }: { readonly session: Session }): JSX.Element {
  const { principal, key, signIn, signOut } = session;
  return (
    <section class="account" aria-label="Account">
      <p>
        <span class="faint">{principal.root ? "Root key" : "Tenant"}</span>{" "}
        {!principal.root && <strong>{principal.tenant}</strong>}
        <br />
        <span class="faint">as</span> <bdi>{principal.actor}</bdi>
      </p>
      {key === undefined ? (
        <Button onClick={signIn}>Sign in with a key</Button>
      ) : (
        <Button onClick={signOut}>Sign out</Button>
      )}
      <p class="faint">
        <a href="/api/docs">API</a> · <a href="/health">Health</a>
      </p>
    </section>
  );
}

/** A ball held in its notch. */
function Mark(): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
      <path d="M2 15h5a5 5 0 0 0 10 0h5v6H2z" />
      <circle cx="12" cy="12.5" r="4" />
    </svg>
  );
}
