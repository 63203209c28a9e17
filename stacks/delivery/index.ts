export { judgeShop } from "./policies/judgement.ts";
export { renderShop, type SampleRequest, type Shop } from "./shop.ts";
