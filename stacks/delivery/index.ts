export { judgeShop } from "./judgement.ts";
export { renderShop, type SampleRequest, type Shop } from "./shop.ts";
