/** Events that machines have refused, and events that found no machine; the newest first. */
import type { JSX } from "preact";
import type { Receipt } from "../../../gen/detent/v1/receipt_pb.ts";
import { hrefOf } from "../../addresses.ts";
import { Link, useNavigation } from "../../navigation.tsx";
import { useSession } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { curlText } from "../../ui/curl-text.ts";
import { Empty } from "../../ui/empty.tsx";
import { EntryList } from "../../ui/entry-list.tsx";
import { Loading } from "../../ui/loading.tsx";
import { NeedsScope } from "../../ui/needs-scope.tsx";
import { Notice } from "../../ui/notice.tsx";
import { formatCount, formatCountOf } from "../../ui/number-text.ts";
import { Page } from "../../ui/page.tsx";
import { Problem } from "../../ui/problem.tsx";
import { FailureEntry } from "./failure-entry.tsx";
import { FailureFilter } from "./failure-filter.tsx";
import { SPANS, type Span, type Stretch } from "./newest-failures.ts";
import { useFailures } from "./use-failures.ts";

/** So many are shown at first, and so many more at each wish. */
const SHOWN = 50;

export default function FailuresPage(): JSX.Element {
  return (
    <Page title="Failures" lead="Events that were refused by their machine, and events that found none. Newest first.">
      <NeedsScope scope="machines:read" what="Failures">
        <FailureFeed />
      </NeedsScope>
    </Page>
  );
}

function FailureFeed(): JSX.Element {
  const { query } = useNavigation();
  const { principal } = useSession();
  const { configuration = "", reason = "", after, live } = query;
  const isLive = live !== "off";
  const reached = principal.configurations;
  // The feed of all is for who reaches all.
  const mustChoose = reached.length > 0 && configuration === "";
  const isBarred = principal.machines.length > 0;
  const wanted = { configuration, span: readSpan(query["since"]), after, isLive };
  const { stretch, error, isLoading, reload } = useFailures(mustChoose || isBarred ? undefined : wanted);
  if (isBarred) {
    return (
      <Notice tone="warn">
        This credential reaches some machines only, and the feed is of whole configurations. What a machine has refused
        is on its own page.
      </Notice>
    );
  }
  const all = stretch?.items ?? [];
  const reasons = [...new Set([...all.map((receipt) => receipt.reason), ...(reason ? [reason] : [])])].toSorted();
  const seen = all.flatMap(({ machine }) => (machine ? [machine.configuration] : []));
  const names = [...new Set([...reached, ...seen])].toSorted();
  return (
    <>
      <FailureFilter configurations={names} reasons={reasons} isLive={isLive} />
      {mustChoose && (
        <Notice tone="accent">
          <p>This credential reaches some configurations only. Choose one of them:</p>
          <p class="row">
            {reached.map((name) => (
              <Link key={name} to={hrefOf("failures", {}, { ...query, configuration: name })}>
                <bdi>{name}</bdi>
              </Link>
            ))}
          </p>
        </Notice>
      )}
      {error !== undefined && <Problem error={error} onRetry={reload} />}
      {stretch === undefined && isLoading && <Loading what="the failures" />}
      {stretch !== undefined && <Found stretch={stretch} matching={matchReason(all, reason)} />}
    </>
  );
}

interface FoundProps {
  readonly stretch: Stretch<Receipt>;
  readonly matching: readonly Receipt[];
}

function Found({ stretch, matching }: FoundProps): JSX.Element {
  const { query, setQuery } = useNavigation();
  const limit = Number(query["shown"]) || SHOWN;
  if (stretch.items.length === 0) return <NothingFailed after={stretch.after} />;
  return (
    <>
      {stretch.isCut && (
        <Notice tone="warn">
          <p>
            There are more than {formatCount(stretch.items.length)} in this time; these are its oldest. The newest come
            first when a shorter time is chosen.
          </p>
          <Link to={hrefOf("failures", {}, { ...query, since: undefined, shown: undefined, after: stretch.cursor })}>
            Go on with the newer ones
          </Link>
        </Notice>
      )}
      {matching.length === 0 ? (
        <Empty title="None of them has this reason." />
      ) : (
        <EntryList label="Failures">
          {matching.slice(0, limit).map((receipt) => (
            <FailureEntry key={keyOf(receipt)} receipt={receipt} />
          ))}
        </EntryList>
      )}
      <div class="row">
        {matching.length > limit && (
          <Button onClick={() => setQuery({ shown: String(limit + SHOWN) }, true)}>Show {SHOWN} more</Button>
        )}
        {stretch.after !== "" && <Older />}
        <span class="faint" role="status">
          {formatCount(Math.min(limit, matching.length))} of {formatCountOf(matching.length, "failure")}
          {matching.length < stretch.items.length && `, out of ${formatCount(stretch.items.length)} that were read`}
        </span>
      </div>
    </>
  );
}

/** A longer time than the one that is shown. */
function Older(): JSX.Element {
  const { query, setQuery } = useNavigation();
  const spans = Object.keys(SPANS) as Span[];
  const at = spans.indexOf(readSpan(query["since"]) ?? "1h");
  const next = query["after"] === undefined ? (spans[at + 1] ?? "all") : "all";
  return (
    <Button onClick={() => setQuery({ since: next, after: undefined })}>
      Look further back: {SPANS[next].text.toLowerCase()}
    </Button>
  );
}

function NothingFailed({ after }: { readonly after: string }): JSX.Element {
  const { query } = useNavigation();
  const { key } = useSession();
  const { configuration = "" } = query;
  const path = `/api/v1/failures${configuration && `?configuration=${encodeURIComponent(configuration)}`}`;
  const isAll = after === "";
  return (
    <Empty
      title={`Nothing${configuration && " of this configuration"} has failed${isAll ? "." : " in this time."}`}
      command={curlText({ path, hasKey: key !== undefined })}
    >
      <p>
        {isAll
          ? "An event that a machine refuses, or that finds no machine, is shown here for as long as the deployment keeps it."
          : "Choose a longer time to see older ones."}
      </p>
      {!isAll && <Older />}
    </Empty>
  );
}

function matchReason(receipts: readonly Receipt[], reason: string): readonly Receipt[] {
  return reason === "" ? receipts : receipts.filter((receipt) => receipt.reason === reason);
}

/** An event is decided once by a machine, and a deferred one may be refused later under the same id. */
function keyOf({ machine, eventId, at }: Receipt): string {
  return JSON.stringify([machine?.configuration, machine?.id, eventId, String(at?.seconds), at?.nanos]);
}

function readSpan(text: string | undefined): Span | undefined {
  return text !== undefined && Object.hasOwn(SPANS, text) ? (text as Span) : undefined;
}
