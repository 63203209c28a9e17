import { load } from "js-yaml";
import { moduleFile } from "../../toolchain.ts";
import { inCluster } from "../layout.ts";
import { edited, type Manifest, readManifests } from "./manifest.ts";

/** Volumes as folders of this machine, beneath the cluster's own: local-path-provisioner as its own module installs it. */
export async function localPathProvisioner(image: string, busybox: string): Promise<Manifest[]> {
  const file = await moduleFile("local-path-provisioner", "deploy/local-path-storage.yaml");
  const withImage = edited(
    await readManifests(file),
    "Deployment",
    "local-path-provisioner",
    (deployment) => {
      deployment.spec.template.spec.containers[0].image = image;
    },
  );
  const asDefault = edited(withImage, "StorageClass", "local-path", (storageClass) => {
    storageClass.metadata.annotations = { "storageclass.kubernetes.io/is-default-class": "true" };
  });
  return edited(asDefault, "ConfigMap", "local-path-config", (configMap) => {
    Object.assign(configMap.data, {
      "config.json": JSON.stringify({
        nodePathMap: [{ node: "DEFAULT_PATH_FOR_NON_LISTED_NODES", paths: [inCluster("volumes")] }],
      }),
      setup: 'busybox mkdir -m 0777 -p "$VOL_DIR"\n',
      teardown: 'busybox rm -rf "$VOL_DIR"\n',
      "helperPod.yaml": JSON.stringify(helperPod(configMap.data["helperPod.yaml"], busybox)),
    });
  });
}

/** It makes and removes folders of this machine's root, whatever user the image is for. */
function helperPod(upstream: string, image: string): object {
  const pod = load(upstream) as Manifest;
  Object.assign(pod.spec.containers[0], { image, securityContext: { runAsUser: 0, runAsGroup: 0 } });
  return pod;
}
