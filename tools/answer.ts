import {
  ApiException,
  type KubeConfig,
  type PromiseConfigurationOptions,
  VersionApi,
  type VersionInfo,
} from "@kubernetes/client-node";
import { Fault } from "./fault.ts";
import { statusMessage } from "./report.ts";

const limit = 10_000;

/** A request is given up then, however much of an answer there is. The client itself would wait for five minutes. */
const limited = {
  pre: async (request: RequestContext) => {
    request.setSignal(AbortSignal.timeout(limit));
    return request;
  },
  post: async (response: ResponseContext) => response,
};

type Middleware = NonNullable<PromiseConfigurationOptions["middleware"]>[number];
type RequestContext = Parameters<Middleware["pre"]>[0];
type ResponseContext = Parameters<Middleware["post"]>[0];

/**
 * The version of the cluster in a kubeconfig's current context, which shows that it is there and knows its user.
 *
 * @throws Fault (exit code 3) that says within some 10 s why it is not to be had, and what to do
 */
export async function requireAnswer(config: KubeConfig): Promise<VersionInfo> {
  try {
    return await config
      .makeApiClient(VersionApi)
      .getCode({ middleware: [limited], middlewareMergeStrategy: "append" });
  } catch (cause) {
    throw unanswered(config, cause as Error);
  }
}

/** Why a cluster does not do what it was asked, in a person's words, with the remedy. */
export function unanswered(config: KubeConfig, cause: Error): Fault {
  const server = config.getCurrentCluster()?.server ?? "no server";
  return new Fault(`context ${config.getCurrentContext()} (${server}) ${wordsFor(cause)}`, 3, { cause });
}

function wordsFor(error: Error): string {
  if (error instanceof ApiException) return refusal(error);
  // fetch says only that it failed; its cause says why.
  const origin = (error.cause as Error | undefined) ?? error;
  const { message, path } = origin as NodeJS.ErrnoException;
  const code = codeOf(origin);
  const known = remedies.find(({ codes }) => codes.test(code));
  return (
    known?.words(message || code, path) ?? `cannot be reached: ${message || code}; is the cluster running?`
  );
}

function refusal({ code, body }: ApiException<unknown>): string {
  if (code === 401)
    return `does not know its user (401); log in again, or take a kubeconfig whose credentials have not expired`;
  if (code === 403)
    return `refuses its user (403: ${statusMessage(body)}); name a user in the kubeconfig who may, or have this one be given the right`;
  return `answered ${code}: ${statusMessage(body)}; is it a Kubernetes API server, and is it well?`;
}

/** A DOMException has numbers of its own for codes. */
function codeOf(error: NodeJS.ErrnoException): string {
  return typeof error.code === "string" ? error.code : error.name;
}

interface Remedy {
  readonly codes: RegExp;
  readonly words: (message: string, path: string | undefined) => string;
}

const remedies: readonly Remedy[] = [
  {
    codes: /^(TimeoutError|ETIMEDOUT|UND_ERR_.*TIMEOUT)$/,
    words: () =>
      `gave no answer within ${limit / 1000} s; is it running, and is the way there open (VPN, firewall, proxy)?`,
  },
  {
    codes: /CERT|SIGNATURE|SSL_/,
    words: (message) =>
      `does not prove itself to the kubeconfig (${message}); if the cluster was made anew or moved, take its present kubeconfig`,
  },
  {
    codes: /^ERR_OSSL/,
    words: (message) => `cannot be asked with the user's certificate and key (${message}); take them anew`,
  },
  {
    codes: /^(ENOENT|EACCES)$/,
    words: (message, path) =>
      `cannot be asked: its user's credentials come from ${path ?? "a file"}, which fails (${message}); install it, or name another user`,
  },
];
