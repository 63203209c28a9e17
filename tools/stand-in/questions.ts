import type { Call, Message, Outcome } from "./calls.ts";
import { grpcQuestions } from "./grpc-questions.ts";
import { graphqlQuestions, restQuestions } from "./http-questions.ts";
import type { Protocol } from "./requests.ts";

/** One request that a callee may be asked. */
export interface Question {
  readonly isRead: boolean;
  /** Whether it names one record, which may not be there. */
  readonly ofRecord: boolean;
  /** Puts it once. */
  readonly put: (message: Message) => Promise<Outcome>;
}

const QUESTIONS: Readonly<Record<Protocol, (call: Call) => Question[]>> = {
  rest: restQuestions,
  graphql: graphqlQuestions,
  grpc: grpcQuestions,
};

/** All that a callee may be asked, in the order of the description. */
export function questionsOf(call: Call): Question[] {
  return QUESTIONS[call.protocol](call);
}
