export { asJson } from "./document.ts";
export { asHtml } from "./html.ts";
export { asJUnit } from "./junit.ts";
export { asMarkdown } from "./markdown.ts";
export { placesOf } from "./places.ts";
export { passes, type Review, review } from "./review.ts";
export { asSarif } from "./sarif.ts";
export { compared, judged } from "./sides.ts";
export { asText } from "./text.ts";
