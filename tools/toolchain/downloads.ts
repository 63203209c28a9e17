import { join } from "node:path";
import type { RemoteFile } from "./download.ts";
import type { ProgramName } from "./program.ts";

/** An official binary. */
export interface Download extends RemoteFile {
  /** The program's path in the .tar.gz. Omitted: the file is the program itself. */
  readonly member?: string;
}

/** The official binaries of one version of a program. */
export interface Release {
  /** That of go.mod, which a test holds; where it cannot be, a comment says why. */
  readonly version: string;
  readonly platforms: Readonly<Partial<Record<string, Download>>>;
}

const kubectl = "https://dl.k8s.io/release/v1.36.3/bin/linux";
const crane = "https://github.com/google/go-containerregistry/releases/download/v0.20.6/go-containerregistry";
const pulumi = "https://github.com/pulumi/pulumi/releases/download/v3.250.0/pulumi-v3.250.0";
const provider = "https://api.pulumi.com/releases/plugins/pulumi-resource-kubernetes-v4.25.0";

const pulumiArchives = {
  "linux-x64": {
    url: `${pulumi}-linux-x64.tar.gz`,
    sha256: "8916fd36ccc96adbd45ca679194b685e3b767d94502ae05610878a6d9870b8f3",
  },
  "linux-arm64": {
    url: `${pulumi}-linux-arm64.tar.gz`,
    sha256: "deb4bf0d05b4cbaf3adcf82ffa44039ad0ebf039e33338ead8136877a437b4e5",
  },
};

/**
 * The programs whose official binary can be downloaded, with checksums that others published and pinned before us:
 * docs/decisions/0011-downloads-and-builds.md names the sources, and says why the other programs have none.
 * A platform that is missing here builds from source.
 */
export const downloads: Readonly<Partial<Record<ProgramName, Release>>> = {
  kubectl: {
    version: "v1.36.3",
    platforms: {
      "linux-x64": {
        url: `${kubectl}/amd64/kubectl`,
        sha256: "ebbd080e7c2e275093b55915722043257eb24004363e20acb3c4d71919f88336",
      },
      "linux-arm64": {
        url: `${kubectl}/arm64/kubectl`,
        sha256: "3d86f24401c41ae5a46ac50eef8865fe891d3647d324a0836f6c63757a126e62",
      },
    },
  },
  crane: {
    version: "v0.20.6",
    platforms: {
      "linux-x64": {
        url: `${crane}_Linux_x86_64.tar.gz`,
        sha256: "c1d593d01551f2c9a3df5ca0a0be4385a839bd9b86d4a76e18d7b17d16559127",
        member: "crane",
      },
      "linux-arm64": {
        url: `${crane}_Linux_arm64.tar.gz`,
        sha256: "fc0515857bc38e4ddd2d37a5ab03fb5959449c7b2d4ad759bcc1174ac0cad91b",
        member: "crane",
      },
      "darwin-arm64": {
        url: `${crane}_Darwin_arm64.tar.gz`,
        sha256: "ae30b28498de3e1ac51a37042eab46116ec70d86aa9d10431a1fbde35b9918b9",
        member: "crane",
      },
    },
  },
  pulumi: { version: "v3.250.0", platforms: membersOf(pulumiArchives, "pulumi/pulumi") },
  "pulumi-language-nodejs": {
    // The host that this CLI is released with. As a Go module it can be had only up to v3.68.0, which is what is built.
    version: "v3.250.0",
    platforms: membersOf(pulumiArchives, "pulumi/pulumi-language-nodejs"),
  },
  "pulumi-resource-kubernetes": {
    // What go.mod pins as v4.0.0-20260115033456-f47bc2d6f199, the commit of this release.
    version: "v4.25.0",
    platforms: membersOf(
      {
        "linux-x64": {
          url: `${provider}-linux-amd64.tar.gz`,
          sha256: "6ea3d53c16a00c4d1017c4d109928d8f4801fd7cd978965cd43917561f3774b0",
        },
        "linux-arm64": {
          url: `${provider}-linux-arm64.tar.gz`,
          sha256: "e4260240ed14bff6ed1a5a25a362311380ea1c072544fc262532b8197ea0725c",
        },
        "darwin-x64": {
          url: `${provider}-darwin-amd64.tar.gz`,
          sha256: "e5dffbef3525bb6f41c2b328afb471149c7396c263d2acd2ef2fab51d63d47f3",
        },
        "darwin-arm64": {
          url: `${provider}-darwin-arm64.tar.gz`,
          sha256: "566425b7767be7184d59c7ea151812c98426d7dab85f93c9c676c1dc9d488d91",
        },
      },
      "pulumi-resource-kubernetes",
    ),
  },
};

/** The official binary of a program for this platform, if it has one. */
export function downloadOf(name: ProgramName): Download | undefined {
  return downloads[name]?.platforms[`${process.platform}-${process.arch}`];
}

/** Where the machine's cache keeps the official binary. */
export function downloadFolder(name: ProgramName, { sha256 }: Download): string {
  return join("programs", `${name}-${sha256.slice(0, 16)}`);
}

function membersOf(archives: Readonly<Record<string, RemoteFile>>, member: string): Record<string, Download> {
  return Object.fromEntries(
    Object.entries(archives).map(([platform, file]) => [platform, { ...file, member }]),
  );
}
