import type { Rule } from "../rule.ts";
import { autoscalerMinimum } from "./availability/autoscaler-minimum.ts";
import { autoscalerTarget } from "./availability/autoscaler-target.ts";
import { disruptionBudget } from "./availability/disruption-budget.ts";
import { disruptionBudgetTarget } from "./availability/disruption-budget-target.ts";
import { distinctProbes } from "./availability/distinct-probes.ts";
import { graceLongerThanDrain } from "./availability/grace-longer-than-drain.ts";
import { noReplicasUnderAutoscaler } from "./availability/no-replicas-under-autoscaler.ts";
import { oneAutoscaler } from "./availability/one-autoscaler.ts";
import { readinessProbe } from "./availability/readiness-probe.ts";
import { spread } from "./availability/spread.ts";
import { spreadUnderAutoscaler } from "./availability/spread-under-autoscaler.ts";
import { boundedReplicas } from "./cost/bounded-replicas.ts";
import { jobsEnd } from "./cost/jobs-end.ts";
import { requestsAndLimits } from "./cost/requests-and-limits.ts";
import { requestsAndLimitsInBounds } from "./cost/requests-and-limits-in-bounds.ts";
import { backups } from "./data/backups.ts";
import { noSharedVolumes } from "./data/no-shared-volumes.ts";
import { oneOwner } from "./data/one-owner.ts";
import { volumeSize } from "./data/volume-size.ts";
import { namedServiceAccount } from "./identity/named-service-account.ts";
import { noClusterAdmin } from "./identity/no-cluster-admin.ts";
import { noEscalatingRights } from "./identity/no-escalating-rights.ts";
import { noRightsForEveryone } from "./identity/no-rights-for-everyone.ts";
import { noWildcardRights } from "./identity/no-wildcard-rights.ts";
import { ownServiceAccount } from "./identity/own-service-account.ts";
import { serviceAccountToken } from "./identity/service-account-token.ts";
import { denyAll } from "./mesh/deny-all.ts";
import { limitedPools } from "./mesh/limited-pools.ts";
import { limitedRetries } from "./mesh/limited-retries.ts";
import { limitedSidecarEgress } from "./mesh/limited-sidecar-egress.ts";
import { mtlsDefault } from "./mesh/mtls-default.ts";
import { noAllowForEveryone } from "./mesh/no-allow-for-everyone.ts";
import { noPlainText } from "./mesh/no-plain-text.ts";
import { noWildcardHosts } from "./mesh/no-wildcard-hosts.ts";
import { principalExists } from "./mesh/principal-exists.ts";
import { routeTimeout } from "./mesh/route-timeout.ts";
import { sidecarInjection } from "./mesh/sidecar-injection.ts";
import { strictMtls } from "./mesh/strict-mtls.ts";
import { subsetExists } from "./mesh/subset-exists.ts";
import { defaultDeny } from "./network/default-deny.ts";
import { limitedEgress } from "./network/limited-egress.ts";
import { limitedIngress } from "./network/limited-ingress.ts";
import { noExternalIps } from "./network/no-external-ips.ts";
import { noExternalName } from "./network/no-external-name.ts";
import { noPublicService } from "./network/no-public-service.ts";
import { allowPrivilegeEscalation } from "./pod-security/allow-privilege-escalation.ts";
import { appArmorProfile } from "./pod-security/app-armor-profile.ts";
import { capabilitiesBaseline } from "./pod-security/capabilities-baseline.ts";
import { capabilitiesRestricted } from "./pod-security/capabilities-restricted.ts";
import { hostNamespaces } from "./pod-security/host-namespaces.ts";
import { hostPathVolumes } from "./pod-security/host-path-volumes.ts";
import { hostPorts } from "./pod-security/host-ports.ts";
import { hostProbesAndHostLifecycle } from "./pod-security/host-probes-and-host-lifecycle.ts";
import { privileged } from "./pod-security/privileged.ts";
import { procMount } from "./pod-security/proc-mount.ts";
import { procMountRestricted } from "./pod-security/proc-mount-restricted.ts";
import { readOnlyRootFilesystem } from "./pod-security/read-only-root-filesystem.ts";
import { restrictedVolumes } from "./pod-security/restricted-volumes.ts";
import { runAsNonRoot } from "./pod-security/run-as-non-root.ts";
import { runAsUser } from "./pod-security/run-as-user.ts";
import { seLinuxOptions } from "./pod-security/se-linux-options.ts";
import { seccompProfileBaseline } from "./pod-security/seccomp-profile-baseline.ts";
import { seccompProfileRestricted } from "./pod-security/seccomp-profile-restricted.ts";
import { sysctls } from "./pod-security/sysctls.ts";
import { windowsHostProcess } from "./pod-security/windows-host-process.ts";
import { noLiteralSecrets } from "./secrets/no-literal-secrets.ts";
import { noSecretsInConfigMaps } from "./secrets/no-secrets-in-config-maps.ts";
import { noWholeSecrets } from "./secrets/no-whole-secrets.ts";
import { secretRights } from "./secrets/secret-rights.ts";
import { allowedRegistries } from "./supply-chain/allowed-registries.ts";
import { imageDigests } from "./supply-chain/image-digests.ts";
import { noLatestTag } from "./supply-chain/no-latest-tag.ts";

/** Every rule of the kit. */
export const rules: readonly Rule[] = [
  allowPrivilegeEscalation,
  appArmorProfile,
  capabilitiesBaseline,
  capabilitiesRestricted,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProbesAndHostLifecycle,
  privileged,
  procMount,
  procMountRestricted,
  readOnlyRootFilesystem,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  seLinuxOptions,
  seccompProfileBaseline,
  seccompProfileRestricted,
  sysctls,
  windowsHostProcess,
  namedServiceAccount,
  noClusterAdmin,
  noEscalatingRights,
  noRightsForEveryone,
  noWildcardRights,
  ownServiceAccount,
  serviceAccountToken,
  noLiteralSecrets,
  noSecretsInConfigMaps,
  noWholeSecrets,
  secretRights,
  allowedRegistries,
  imageDigests,
  noLatestTag,
  autoscalerMinimum,
  autoscalerTarget,
  disruptionBudget,
  disruptionBudgetTarget,
  distinctProbes,
  graceLongerThanDrain,
  noReplicasUnderAutoscaler,
  oneAutoscaler,
  readinessProbe,
  spread,
  spreadUnderAutoscaler,
  defaultDeny,
  limitedEgress,
  limitedIngress,
  noExternalIps,
  noExternalName,
  noPublicService,
  denyAll,
  limitedPools,
  limitedRetries,
  limitedSidecarEgress,
  mtlsDefault,
  noAllowForEveryone,
  noPlainText,
  noWildcardHosts,
  principalExists,
  routeTimeout,
  sidecarInjection,
  strictMtls,
  subsetExists,
  backups,
  noSharedVolumes,
  oneOwner,
  volumeSize,
  boundedReplicas,
  jobsEnd,
  requestsAndLimits,
  requestsAndLimitsInBounds,
];
