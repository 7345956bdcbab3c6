// All subjects, run through one client version.
import { listing } from "./cases/listing.js";
import { places } from "./cases/places.js";
import { refreshing } from "./cases/refreshing.js";
import { refusals } from "./cases/refusals.js";
import { removal } from "./cases/removal.js";
import { serviceKeys } from "./cases/service_keys.js";
import { userKeys } from "./cases/user_keys.js";

export function everyCase(world) {
  userKeys(world);
  listing(world);
  serviceKeys(world);
  refreshing(world);
  removal(world);
  refusals(world);
  places(world);
}
