/** Messages of the events queue that could not be applied, and the way to send them again. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLoad } from "../../data/use-load.ts";
import { useNavigation } from "../../navigation.tsx";
import { useSession } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { curlText } from "../../ui/curl-text.ts";
import { Empty } from "../../ui/empty.tsx";
import { Loading } from "../../ui/loading.tsx";
import { NeedsScope } from "../../ui/needs-scope.tsx";
import { Notice } from "../../ui/notice.tsx";
import { formatCountOf } from "../../ui/number-text.ts";
import { Page } from "../../ui/page.tsx";
import { Pager } from "../../ui/pager.tsx";
import { Problem } from "../../ui/problem.tsx";
import { LetterList } from "./letter-list.tsx";
import { RedriveDialog } from "./redrive-dialog.tsx";
import type { Redriven } from "./redrive.ts";

const PAGE_SIZE = 50;

export default function DeadLettersPage(): JSX.Element {
  return (
    <Page
      title="Dead letters"
      lead="Messages of the events queue that could not be applied. They wait here until they are redriven."
    >
      <NeedsScope scope="ops" what="Dead letters">
        <Letters />
      </NeedsScope>
    </Page>
  );
}

function Letters(): JSX.Element {
  const { client, lacks } = useSession();
  const { query, setQuery } = useNavigation();
  const { page: pageToken = "" } = query;
  const { value, error, reload } = useLoad(
    async (signal) => await client.deadLetters.listDeadLetters({ pageSize: PAGE_SIZE, pageToken }, { signal }),
    [client, pageToken],
  );
  const [asked, setAsked] = useState<readonly string[] | "all">();
  const [done, setDone] = useState<Redriven>();
  const close = (redriven?: Redriven): void => {
    setAsked(undefined);
    setDone(redriven);
    // The page may be gone with its letters, and the oldest are what is left.
    if (redriven !== undefined && pageToken !== "") setQuery({ page: undefined }, true);
    else reload();
  };
  const letters = value?.deadLetters ?? [];
  const nextPageToken = value?.nextPageToken ?? "";
  const isEmpty = value !== undefined && letters.length === 0 && nextPageToken === "";
  const redrive = (which: readonly string[] | "all"): void => {
    setDone(undefined);
    setAsked(which);
  };
  return (
    <>
      {done !== undefined && (
        <Notice tone="good" isNews>
          {formatCountOf(done.count, "dead letter")} redriven{done.remaining ? "; there are more." : "."}
        </Notice>
      )}
      {error !== undefined && <Problem error={error} onRetry={reload} />}
      {value === undefined && error === undefined && <Loading what="the dead letters" />}
      {isEmpty && pageToken === "" && <NoLetters />}
      {value !== undefined && !(isEmpty && pageToken === "") && (
        <>
          <LetterList
            key={pageToken}
            letters={letters}
            lack={lacks("ops")}
            onRedrive={redrive}
            refresh={<Button onClick={reload}>Refresh</Button>}
          />
          <Pager
            onFirst={pageToken === "" ? undefined : () => setQuery({ page: undefined })}
            onNext={nextPageToken === "" ? undefined : () => setQuery({ page: nextPageToken })}
            shown={formatCountOf(letters.length, "dead letter")}
          />
        </>
      )}
      {asked !== undefined && <RedriveDialog letters={asked} onClose={() => close()} onDone={close} />}
    </>
  );
}

function NoLetters(): JSX.Element {
  const { key } = useSession();
  return (
    <Empty
      title="There are no dead letters."
      command={curlText({ path: "/api/v1/dead-letters", hasKey: key !== undefined })}
    >
      <p>
        A message of the events queue that cannot be applied, though it is tried ten times, because a part of the
        platform is down, becomes a dead letter: it is not lost, it waits here. Messages that can be applied, and those
        that a machine refuses, never become one.
      </p>
    </Empty>
  );
}
