/** Options of the RPC door. Options of one method replace the router's, so both say everything. */

const JSON_OUT = { alwaysEmitImplicit: true } as const;

/** Zero values are visible (`"code": "Ok"`); no native gRPC, whose trailers Workers cannot send. */
export const LENIENT = { grpc: false, jsonOptions: { ...JSON_OUT, ignoreUnknownFields: true } } as const;

/** For calls that carry a configuration: `gaurd` must never be stored as an unguarded transition. */
export const STRICT = { grpc: false, jsonOptions: { ...JSON_OUT, ignoreUnknownFields: false } } as const;
