import { expect, jest, test } from "@jest/globals";

jest.unstable_mockModule("node:os", () => ({
  userInfo: () => {
    throw new Error("this user is in no /etc/passwd");
  },
}));

const { backendUrl } = await import("../../../tools/pulumi/backend.ts");

test("a home folder that nobody knows is not taken for a wrong folder", () => {
  expect(() => backendUrl({ PULUMI_BACKEND_URL: "file://~/state" }, "/shop")).toThrow("/etc/passwd");
  expect(backendUrl({ PULUMI_BACKEND_URL: "file:///state" }, "/shop")).toBe("file:///state");
});
