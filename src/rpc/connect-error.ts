/** The house's errors as Connect errors, with their details. */
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { REASONS, toKnownError, type ConnectCodeName, type Violation } from "../errors.ts";
import { ReceiptSchema } from "../gen/detent/v1/receipt_pb.ts";
import {
  BadRequest_FieldViolationSchema,
  BadRequestSchema,
  ErrorInfoSchema,
} from "../gen/google/rpc/error_details_pb.ts";
import { toReceipt } from "./convert.ts";

const CODES: Record<ConnectCodeName, Code> = {
  invalid_argument: Code.InvalidArgument,
  failed_precondition: Code.FailedPrecondition,
  not_found: Code.NotFound,
  already_exists: Code.AlreadyExists,
  aborted: Code.Aborted,
  unauthenticated: Code.Unauthenticated,
  permission_denied: Code.PermissionDenied,
  resource_exhausted: Code.ResourceExhausted,
  out_of_range: Code.OutOfRange,
  unimplemented: Code.Unimplemented,
  internal: Code.Internal,
  unavailable: Code.Unavailable,
};

/** A DetentError in Connect's words; `code` where v1beta departs from the table. Other errors: internal, without their text. */
export function toConnectError(error: unknown, requestId: string, code?: Code): ConnectError {
  if (error instanceof ConnectError) return error;
  const known = toKnownError(error, requestId);
  const info = create(ErrorInfoSchema, {
    reason: known.reason,
    domain: "detent",
    metadata: { ...known.metadata, request_id: requestId },
  });
  // gRPC-web encodes it as a part of a URL, which half a surrogate pair cannot be.
  const connectError = new ConnectError(known.message.toWellFormed(), code ?? CODES[REASONS[known.reason].code]);
  connectError.details.push({ desc: ErrorInfoSchema, value: info });
  if (known.reason === "UNAUTHENTICATED") connectError.metadata.set("www-authenticate", "Bearer");
  if (known.retryAfterSeconds !== undefined) {
    connectError.metadata.set("retry-after", String(known.retryAfterSeconds));
  }
  if (known.violations.length > 0) {
    const fieldViolations = known.violations.map(toViolationMessage);
    connectError.details.push({ desc: BadRequestSchema, value: create(BadRequestSchema, { fieldViolations }) });
  }
  if (known.receipt !== undefined) connectError.details.push({ desc: ReceiptSchema, value: toReceipt(known.receipt) });
  return connectError;
}

export function toViolationMessage({ pointer, rule, message }: Violation) {
  return create(BadRequest_FieldViolationSchema, { field: pointer, description: message, reason: rule });
}
