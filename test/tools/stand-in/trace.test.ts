import { expect, test } from "@jest/globals";
import { continueTrace, traceHeaders } from "../../../tools/stand-in/trace.ts";

const ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

test("a valid traceparent is continued with a new span and the same flags", () => {
  const trace = continueTrace({ traceparent: `00-${ID}-${SPAN}-00`, tracestate: "a=1" });
  expect(trace).toMatchObject({ traceId: ID, parentSpanId: SPAN, flags: "00", tracestate: "a=1" });
  expect(trace.spanId).toMatch(/^[0-9a-f]{16}$/);
  expect(trace.spanId).not.toBe(SPAN);
});

test("a later version may have more fields", () => {
  expect(continueTrace({ traceparent: `01-${ID}-${SPAN}-01-more` }).traceId).toBe(ID);
});

test.each([
  "",
  `00-${ID}-${SPAN}`,
  `ff-${ID}-${SPAN}-01`,
  `00-${ID}-${SPAN}-01-more`,
  `00-${"0".repeat(32)}-${SPAN}-01`,
  `00-${ID}-${"0".repeat(16)}-01`,
  `00-${ID.toUpperCase()}-${SPAN}-01`,
])("the traceparent %j begins a new trace and loses its tracestate", (traceparent) => {
  const trace = continueTrace({ traceparent, tracestate: "a=1" });
  expect(trace.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(trace.traceId).not.toBe(ID);
  expect(trace.parentSpanId).toBeUndefined();
  expect(traceHeaders(trace)).not.toHaveProperty("tracestate");
});

test("a correlation id that is missing or unfit for a log is replaced", () => {
  const ids = [undefined, "", "a b", "x".repeat(129)].map(
    (id) => continueTrace({ "x-correlation-id": id }).correlationId,
  );
  expect(ids.every((id) => /^[0-9a-f-]{36}$/.test(id))).toBe(true);
});
