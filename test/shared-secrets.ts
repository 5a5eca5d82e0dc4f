/**
 * The secrets that most tests use. `no-secrets.ts` searches the output of every test for them, so they cannot occur by
 * chance.
 */
export const SHARED_SECRETS = {
	JWT_SECRET: "Kc7Lq2Xw9Tz4 for tokens",
	SECURE_LINK_SECRET: "Rb5Vn8Yd3Gm6 for links",
};
