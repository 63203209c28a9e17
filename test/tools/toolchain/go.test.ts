import { expect, test } from "@jest/globals";
import { commandOf, compiledPackage } from "../../../tools/toolchain/go.ts";
import { byVersion, goVersionFor } from "../../../tools/toolchain/program.ts";

const compile = "/usr/local/go/pkg/tool/linux_amd64/compile -o $WORK/b1/_pkg_.a -trimpath";

test("a package of a module is named with the module's version, which programs may or may not share", () => {
  const line = `${compile} "/root/go/pkg/mod/k8s.io/api@v0.36.3/core/v1=>k8s.io/api@v0.36.3/core/v1;$WORK/b1=>" -p k8s.io/api/core/v1 -lang=go1.26 -complete`;
  expect(compiledPackage(line)).toBe("k8s.io/api@v0.36.3/core/v1");
});

test("a package of Go itself, and a program's own main package, are named plainly", () => {
  expect(compiledPackage(`${compile} "/usr/local/go/src/os=>os;$WORK/b1=>" -p os -std`)).toBe("os");
  expect(compiledPackage(`${compile} "/w/cmd=>tools/cmd;$WORK/b1=>" -p main -lang=go1.26`)).toBe("main");
});

test("other lines of a dry run compile nothing", () => {
  for (const line of [
    "mkdir -p $WORK/b1/",
    "cat >$WORK/b1/importcfg << 'EOF' # internal",
    "packagefile os=/x/os.a",
    "/usr/local/go/pkg/tool/linux_amd64/link -o a.out -importcfg x",
    "go: downloading k8s.io/api v0.36.3",
  ])
    expect(compiledPackage(line)).toBeUndefined();
});

test("a command is told without its options, and whole where it has none", () => {
  expect(commandOf(["mod", "download", "-json", "k8s.io/api@v0.36.3"])).toBe("mod download");
  expect(commandOf(["mod", "download"])).toBe("mod download");
  expect(commandOf(["-h"])).toBe("");
});

test("versions are compared number by number", () => {
  expect(["1.26.4", "1.9", "1.26", "1.26.10"].sort(byVersion)).toEqual(["1.9", "1.26", "1.26.4", "1.26.10"]);
});

test("the Go that is wanted is the newest that a module asks for", async () => {
  const [one, other] = [await goVersionFor(["crane"]), await goVersionFor(["crane", "metrics-server"])];
  expect(byVersion(one, other)).toBeLessThan(0);
});
