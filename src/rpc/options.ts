/** Options of every RPC: unknown fields are ignored as protobuf does (unknown-fields.ts says where they are not). */
export const OPTIONS = {
  // Native gRPC needs trailers, which Workers cannot send.
  grpc: false,
  // Zero values are visible: `"code": "Ok"`.
  jsonOptions: { alwaysEmitImplicit: true, ignoreUnknownFields: true },
} as const;
