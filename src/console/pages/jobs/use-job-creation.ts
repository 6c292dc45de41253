/** Creating a job: once, however often it is asked for. */
import { create, toJsonString, type MessageInitShape } from "@bufbuild/protobuf";
import { useCallback, useRef } from "preact/hooks";
import { DetentError } from "../../../client/error.ts";
import { CreateJobRequestSchema } from "../../../gen/detent/v1/job_service_pb.ts";
import { hrefOf } from "../../addresses.ts";
import { useNavigation } from "../../navigation.tsx";
import { useClient } from "../../session/session.ts";

export type JobRequest = MessageInitShape<typeof CreateJobRequestSchema>;

export type CreateJob = (request: JobRequest) => Promise<void>;

/**
 * Creates a job and goes to its page. One of which nobody knows whether it was created is asked for under the same key when
 * the same is asked for again: two jobs would send every event twice. Rejects with what the service says.
 */
export function useJobCreation(): CreateJob {
  const client = useClient();
  const { go } = useNavigation();
  const unsettled = useRef<{ readonly content: string; readonly idempotencyKey: string }>(undefined);
  return useCallback(
    async (request) => {
      const content = toJsonString(CreateJobRequestSchema, create(CreateJobRequestSchema, request));
      const idempotencyKey = unsettled.current?.content === content ? unsettled.current.idempotencyKey : "";
      try {
        const { job } = await client.jobs.createJob({ ...request, idempotencyKey });
        go(hrefOf("job", { id: job?.id ?? "" }));
      } catch (error) {
        if (error instanceof DetentError && error.idempotencyKey !== undefined) {
          unsettled.current = { content, idempotencyKey: error.idempotencyKey };
        }
        throw error;
      }
    },
    [client, go],
  );
}
