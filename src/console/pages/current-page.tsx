/** Which component shows which page. Each is loaded when it is first needed. */
import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { PATHS, type PageName, type ParamsOf } from "../addresses.ts";
import { Link, useNavigation } from "../navigation.tsx";
import { useSession } from "../session/session.ts";
import { Loading } from "../ui/loading.tsx";
import { Page } from "../ui/page.tsx";
import { Problem } from "../ui/problem.tsx";

/** What a page is given: the parameters of its path. */
export type PageProps<Name extends PageName> = ParamsOf<Name>;

type Loaders = { readonly [Name in PageName]: () => Promise<{ readonly default: ComponentType<PageProps<Name>> }> };

const LOADERS: Loaders = {
  overview: () => import("./overview/overview-page.tsx"),
  configurations: () => import("./configurations/configurations-page.tsx"),
  configuration: () => import("./configurations/configuration-page.tsx"),
  comparison: () => import("./configurations/comparison-page.tsx"),
  newConfiguration: () => import("./configurations/new-configuration-page.tsx"),
  machines: () => import("./machines/machines-page.tsx"),
  machine: () => import("./machine/machine-page.tsx"),
  newMachine: () => import("./machines/new-machine-page.tsx"),
  jobs: () => import("./jobs/jobs-page.tsx"),
  job: () => import("./jobs/job-page.tsx"),
  newJob: () => import("./jobs/new-job-page.tsx"),
  failures: () => import("./failures/failures-page.tsx"),
  deadLetters: () => import("./failures/dead-letters-page.tsx"),
  keys: () => import("./access/keys-page.tsx"),
  audit: () => import("./access/audit-page.tsx"),
  tenants: () => import("./access/tenants-page.tsx"),
};

type AnyPage = ComponentType<Readonly<Record<string, string>>>;

const loaded = new Map<PageName, AnyPage>();

export function CurrentPage(): JSX.Element {
  const { address, path } = useNavigation();
  const { principal } = useSession();
  // The root key has no tenant to look over.
  const page = address?.page === "overview" && principal.root ? "tenants" : address?.page;
  const [, rerender] = useState(0);
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    setError(undefined);
    if (page === undefined) return undefined;
    if (loaded.has(page)) {
      // It may have come between the rendering and this, for a frame that is gone: nobody else would show it.
      rerender((count) => count + 1);
      return undefined;
    }
    let isWanted = true;
    const load = async (): Promise<void> => {
      try {
        loaded.set(page, (await LOADERS[page]()).default as AnyPage);
        if (isWanted) rerender((count) => count + 1);
      } catch (thrown) {
        if (isWanted) setError(thrown);
      }
    };
    void load();
    return () => void (isWanted = false);
  }, [page]);
  if (page === undefined) return <NoSuchPage path={path} />;
  const Found = loaded.get(page);
  // Another machine is another page: nothing of the one before may be left in its fields.
  if (Found !== undefined) return <Found key={path} {...address?.params} />;
  // A new release has other files: what an old page asks for may be gone.
  if (error !== undefined) return <Problem error={error} onRetry={() => location.reload()} />;
  return <Loading what="the page" />;
}

function NoSuchPage({ path }: { readonly path: string }): JSX.Element {
  return (
    <Page title="No such page">
      <p>
        The console has nothing at <code>{path}</code>. <Link to={PATHS.overview}>Go to the overview</Link>.
      </p>
    </Page>
  );
}
