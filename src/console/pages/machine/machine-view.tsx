/** A machine that was read: now, or at an earlier revision. */
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { useLoad, type Loaded } from "../../data/use-load.ts";
import type { Configuration } from "../../../gen/detent/v1/configuration_pb.ts";
import type { Receipt } from "../../../gen/detent/v1/receipt_pb.ts";
import { useClient } from "../../session/session.ts";
import { Badge } from "../../ui/badge.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Loading } from "../../ui/loading.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Problem } from "../../ui/problem.tsx";
import { Section } from "../../ui/section.tsx";
import type { MachineAddress } from "./follow-machine.ts";
import { HistorySection } from "./history-section.tsx";
import { MachineData } from "./machine-data.tsx";
import { MachineDiagram } from "./machine-diagram.tsx";
import { MachineFacts } from "./machine-facts.tsx";
import { MachineProblem } from "./machine-problem.tsx";
import { NextEvents } from "./next-events.tsx";
import { OperatorButtons, OperatorDialog, type Operation } from "./operator-actions.tsx";
import { historyOf, type Present } from "./present.ts";
import { SendDialog } from "./send-dialog.tsx";
import { PastBanner, TimeTravel } from "./time-travel.tsx";
import { Timers } from "./timers.tsx";
import type { Watched } from "./use-machine.ts";
import type { Past } from "./use-past.ts";
import { SentNotice } from "./verdict.tsx";

interface MachineViewProps {
  readonly address: MachineAddress;
  readonly watched: Watched;
  readonly present: Present;
  readonly past: Past | undefined;
  readonly crumbs: readonly { readonly to: string; readonly text: string }[];
  readonly connection: ComponentChildren;
}

type Opened = { readonly event: string } | { readonly operation: Operation };
type News = { readonly receipt: Receipt } | { readonly text: string };

export function MachineView(props: MachineViewProps): JSX.Element {
  const { address, watched, present, past, crumbs, connection } = props;
  const { machine: now, allowed } = present;
  const [opened, setOpened] = useState<Opened>();
  const [news, setNews] = useState<News>();
  const [refusals, setRefusals] = useState(0);
  const shown = past === undefined ? now : past.loaded.value;
  const head = shown ?? now;
  const presentConfiguration = useConfiguration(now.configId);
  // A machine that was migrated since had another one then.
  const otherConfiguration = useConfiguration(head.configId === now.configId ? undefined : head.configId);
  const configuration = head.configId === now.configId ? presentConfiguration : otherConfiguration;
  const blocked = watched.isDeleted
    ? "The machine is gone."
    : past && "This is the machine as it was: go back to now to do something to it.";
  const close = (): void => setOpened(undefined);
  const tell = (told: News): void => {
    setNews(told);
    close();
  };
  const open = (next: Opened): void => {
    setNews(undefined);
    setOpened(next);
  };
  const history = past === undefined || shown === undefined ? present.history : historyOf(shown);
  return (
    <Page
      title={address.id}
      crumbs={crumbs}
      actions={<OperatorButtons blocked={blocked} onPick={(operation) => open({ operation })} />}
      lead={
        <>
          <Badge text={head.state} tone="accent" /> revision {head.revision} {head.final && <Badge text="final" />}{" "}
          {connection}
        </>
      }
    >
      {watched.isDeleted && (
        <Notice tone="warn" isNews>
          <p>
            <strong>The machine is gone.</strong> It was deleted. What is shown is the last that was known of it.
          </p>
        </Notice>
      )}
      {watched.error !== undefined && <MachineProblem error={watched.error} onRetry={watched.retry} />}
      {news !== undefined &&
        ("receipt" in news ? (
          <SentNotice receipt={news.receipt} />
        ) : (
          <Notice tone="good" isNews>
            <p>
              <bdi>{news.text}</bdi>
            </p>
          </Notice>
        ))}
      {past && <PastBanner revision={past.revision} newest={now.revision} />}
      {now.revision > 0 && <TimeTravel revision={past?.revision} newest={now.revision} />}
      {past?.loaded.error !== undefined && <MachineProblem error={past.loaded.error} onRetry={past.loaded.reload} />}
      {shown === undefined && past?.loaded.error === undefined && <Loading what={`revision ${past?.revision}`} />}
      {shown !== undefined && (
        <div class="columns">
          <div class="stack">
            <NextEvents
              state={shown.state}
              isFinal={shown.final}
              allowed={allowed}
              isPast={past !== undefined}
              blocked={blocked}
              onPick={(event) => open({ event })}
            />
            <MachineFacts
              address={address}
              machine={shown}
              blocked={blocked}
              onEditLabels={() => open({ operation: "labels" })}
            />
            <Timers timers={watched.isDeleted ? [] : shown.timers} isPast={past !== undefined} />
          </div>
          <div class="stack">
            {configuration.value === undefined ? (
              <Section title="Diagram">
                {configuration.error === undefined ? (
                  <Loading what="the configuration" />
                ) : (
                  <Problem error={configuration.error} onRetry={configuration.reload} />
                )}
              </Section>
            ) : (
              <MachineDiagram
                configuration={configuration.value}
                title={shown.configId}
                state={shown.state}
                revision={shown.revision}
                history={history}
                onOlder={past === undefined && !watched.isDeleted ? watched.loadOlder : undefined}
              />
            )}
            <MachineData address={address} machine={shown} />
          </div>
        </div>
      )}
      <HistorySection
        address={address}
        history={present.history}
        revision={now.revision}
        onOlder={watched.loadOlder}
        refusals={refusals}
      />
      {opened !== undefined && "event" in opened && presentConfiguration.isLoading && (
        // Without its schema it would be another form.
        <Dialog title={`Send ${opened.event}`} onClose={close}>
          <Loading what="the configuration" />
        </Dialog>
      )}
      {opened !== undefined && "event" in opened && !presentConfiguration.isLoading && (
        <SendDialog
          address={address}
          event={opened.event}
          schema={presentConfiguration.value?.eventOptions[opened.event]?.schema}
          revision={now.revision}
          onClose={close}
          onSent={(receipt) => tell({ receipt })}
          onRefused={() => setRefusals((count) => count + 1)}
        />
      )}
      {opened !== undefined && "operation" in opened && (
        <OperatorDialog
          operation={opened.operation}
          address={address}
          machine={now}
          configuration={presentConfiguration.value}
          onClose={close}
          onRefresh={watched.refresh}
          onDone={(text) => tell({ text })}
        />
      )}
    </Page>
  );
}

function useConfiguration(configId: string | undefined): Loaded<Configuration | undefined> {
  const client = useClient();
  return useLoad(
    configId === undefined
      ? undefined
      : async (signal) => (await client.configurations.getConfiguration({ configId }, { signal })).configuration,
    [client, configId],
  );
}
