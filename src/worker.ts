/**
 * The Worker's entry.
 */
import { createEdge } from "./app.ts";

export default createEdge();
