/** Secrets of the servers under test; no other has them. */

/** The root key whose hash they have. */
export const ROOT_KEY = "dtk_root_ybfZxyHWgcCC8HIDocMgd96pjAvVYp0ghuzqCtffW9n2HIgsO";

export const SECRETS = {
  DETENT_KEY_PEPPER: "a-pepper-for-tests-of-no-less-than-43-characters",
  DETENT_TOKEN_SECRET: "a-token-secret-for-tests-of-no-less-than-43-characters",
  DETENT_ROOT_KEY_HASH: "7a39ea1bd7aa76b819d68612bad00d2676c8ce20dd6d18b331e9dc68101ba34f",
};
