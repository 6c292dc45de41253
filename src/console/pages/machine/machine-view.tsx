/** A machine that was read: now, or at an earlier revision. */
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { useLoad } from "../../data/use-load.ts";
import type { Receipt } from "../../../gen/detent/v1/receipt_pb.ts";
import { useClient } from "../../session/session.ts";
import { Badge } from "../../ui/badge.tsx";
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
  const configuration = useConfiguration(shown?.configId ?? now.configId);
  const presentConfiguration = useConfiguration(now.configId);
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
          <Badge text={now.state} tone="accent" /> revision {now.revision} {now.final && <Badge text="final" />}{" "}
          {connection}
        </>
      }
    >
      {watched.isDeleted && (
        <Notice tone="warn" isNews>
          <strong>The machine is gone.</strong> It was deleted. What is shown is the last that was known of it.
        </Notice>
      )}
      {watched.error !== undefined && <MachineProblem error={watched.error} onRetry={watched.retry} />}
      {news !== undefined &&
        ("receipt" in news ? (
          <SentNotice receipt={news.receipt} />
        ) : (
          <Notice tone="good" isNews>
            <bdi>{news.text}</bdi>
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
              allowed={past === undefined ? allowed : []}
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
      {opened !== undefined && "event" in opened && (
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

function useConfiguration(configId: string) {
  const client = useClient();
  return useLoad(
    async (signal) => (await client.configurations.getConfiguration({ configId }, { signal })).configuration,
    [client, configId],
  );
}
