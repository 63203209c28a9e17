import { expect, test } from "@jest/globals";
import { Duration } from "../../../constructs/index.ts";
import { order, other, problems, resolved } from "../example.ts";

test("a job is named after its service and has ten minutes", () => {
  const jobs = { nightly: { schedule: "0 3 * * *", args: ["job", "nightly"] } };
  expect(resolved(order({ jobs })).jobs).toEqual([
    {
      name: "order-nightly",
      schedule: "0 3 * * *",
      args: ["job", "nightly"],
      deadline: Duration.minutes(10),
    },
  ]);
});

test.each([
  "61 * * * *",
  "@daily",
  "* * * *",
  "0  3 * * *",
  "*/0 * * * *",
  "5-1 * * * *",
  "* * * * MON",
  "",
])("the schedule '%s' is refused", (schedule) => {
  const shown = schedule === "" ? '""' : schedule;
  expect(problems([order({ jobs: { nightly: { schedule, args: ["x"] } } })])).toEqual([
    `order: jobs.nightly.schedule is ${shown}, but must be a cron schedule of five numeric fields; write for example */15 * * * *`,
  ]);
});

test("a job's name is a DNS label, and short enough for a CronJob", () => {
  const job = { schedule: "0 3 * * *", args: ["x"] };
  expect(problems([order({ jobs: { "Every Night": job } })])).toEqual([
    'order: jobs["Every Night"] has a name that must be a DNS label of at most 30 characters; use lower-case letters, digits and inner dashes, and begin with a letter',
  ]);
  const long = "a-service-of-thirty-characters";
  expect(problems([other(long, { image: "order", jobs: { "a-job-of-twenty-two-ch": job } })])).toEqual([
    `${long}: jobs is ${long}-a-job-of-twenty-two-ch, but a CronJob's name has at most 52 characters; shorten the job's name`,
  ]);
});

test("a job without arguments is refused", () => {
  expect(problems([order({ jobs: { nightly: { schedule: "0 3 * * *", args: [] } } })])).toEqual([
    "order: jobs.nightly.args is [], but must have at least one argument; say what the image is to do",
  ]);
});
