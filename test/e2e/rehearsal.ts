import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { succeeded } from "./checkout.ts";
import { type Answered, MeshedShop } from "./mesh-shop.ts";
import { show } from "./open-loop.ts";
import type { Scene } from "./scene.ts";
import { until } from "./until.ts";

/**
 * No error that the mesh itself makes, and no failure to it: it is not tried again, opens no breaker and is not answered
 * in anybody's place, so that every single one is seen by who asked.
 */
const aborted = 451;
const share = 0.5;
/** Longer than a read takes, and so short that a busy machine too has its answer within the timeout of 300 ms. */
const delay = 50;
/** Of so many a machine may yet be that busy: they are tried again, or answered in payment's place. */
const late = 0.02;

/** Faults at an edge of the call graph, as docs/tasks/rehearse-a-failure.md has them. */
export function rehearsal(scene: () => Scene): void {
  let meshed: MeshedShop;
  let letGo: (() => Promise<void>) | undefined;
  let undo: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    meshed = new MeshedShop(scene().cluster);
    letGo = await meshed.held("order");
  });

  afterAll(async () => {
    await letGo?.();
    if (undo === undefined) return;
    await undo();
    await deployed();
  });

  test("payment fails for a share of what order reads, and for nothing and nobody else", async () => {
    const { checkout } = scene();
    const counts = async () => ({
      aborts: await meshed.statistic("payment", /^http\.inbound_.*\.fault\.aborts_injected$/),
      delays: await meshed.statistic("payment", /^http\.inbound_.*\.fault\.delays_injected$/),
    });
    const pods = await meshed.pods("payment");
    undo = await checkout.edit("stacks/environments.ts", (text) =>
      text.replace(
        /^const dev: Environment = \{\n/m,
        `$&  rehearsals: [
    {
      from: "order",
      to: "payment",
      requests: ["GET /payments/{id}"],
      abort: { httpStatus: ${aborted}, share: ${share} },
      delay: { fixedDelay: Duration.millis(${delay}), share: ${share} },
    },
  ],
`,
      ),
    );
    await deployed();
    await until(
      "the rehearsal",
      () => reads(20),
      (answers) => answers.some(isAborted),
      1,
    );

    const before = await counts();
    const found = await reads(200);
    const after = await counts();
    const others = {
      writesOfOrder: await writes("order"),
      writesOfRental: await writes("rental"),
    };
    const counted = { aborts: after.aborts - before.aborts, delays: after.delays - before.delays };
    const last = await counts();
    show("a rehearsal", {
      ...{ reads: found.length, aborted: found.filter(isAborted).length, counted },
      delayed: found.filter(({ milliseconds }) => milliseconds >= delay).length,
      others: Object.values(others).map((answers) => answers.map(({ status }) => status)),
    });

    expectAnswered(found.filter((one) => !isAborted(one)));
    // What is tried again is counted again.
    const again = late * found.length;
    const aborts = found.filter(isAborted).length;
    expect(aborts).toBeLessThanOrEqual(counted.aborts);
    expect(aborts).toBeGreaterThanOrEqual(counted.aborts - again);
    expect(found.filter(({ milliseconds }) => milliseconds >= delay).length).toBeGreaterThanOrEqual(
      counted.delays - again,
    );
    // Of 200 tosses of a coin 60 to 140 are heads, but for one time in a hundred million.
    for (const count of [counted.aborts, counted.delays])
      expect(Math.abs(count - share * found.length)).toBeLessThanOrEqual(40);
    for (const answers of Object.values(others))
      expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
    expect(last).toEqual(after);
    expect((await meshed.pods("payment")).map(({ metadata }) => metadata.uid)).toEqual(
      pods.map(({ metadata }) => metadata.uid),
    );
  });

  test("it is over when it is taken out", async () => {
    await undo?.();
    undo = undefined;
    await deployed();
    await until(
      "no more of it",
      () => reads(40),
      (answers) => !answers.some(isAborted),
      1,
    );
    const answers = await reads(100);
    expectAnswered(answers);
  });

  async function deployed(): Promise<void> {
    succeeded(await scene().checkout.run("npm", "run", "deploy", "--", "dev", "payment"));
  }

  function reads(times: number): Promise<Answered[]> {
    return meshed.asked("order", `${payments}/nobodys`, { times });
  }

  function writes(caller: string): Promise<Answered[]> {
    return meshed.asked(caller, payments, { method: "POST", times: 20 });
  }
}

const payments = "http://payment.dev-payment.svc:3000/payments";

/** Of nobody's payment payment itself knows nothing. */
function expectAnswered(answers: readonly Answered[]): void {
  expect(answers.filter((one) => one.status !== 404 && !isDegraded(one))).toEqual([]);
  expect(answers.filter(isDegraded).length).toBeLessThanOrEqual(Math.ceil(late * answers.length));
}

function isDegraded({ status, text }: Answered): boolean {
  return status === 200 && text === '{"state":"unknown"}';
}

function isAborted({ status }: Answered): boolean {
  return status === aborted;
}
