import { inventory } from "./inventory.ts";
import { notification } from "./notification.ts";
import { order } from "./order.ts";
import { payment } from "./payment.ts";
import { rental } from "./rental.ts";

/** The services of MountainPass. */
export const services = [order, inventory, payment, notification, rental];
