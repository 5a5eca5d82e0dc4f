/**
 * The version of this package: in `/.edge/status`, in the log of an isolate's first request, and in the bundle. A test
 * compares it with package.json.
 */
export const VERSION = "0.3.0";
