// Lives every life through the client beside the given version's package and prints one line of
// JSON for each operation: `{"operation", "outcome", "why"}`, the outcome being `passed`, `absent`
// or `failed`.
//
//   node run.js <folder of the version>
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { declarationsOf } from "../../javascript/declarations.js";

const OPERATIONS = JSON.parse(readFileSync(new URL("../operations.json", import.meta.url)));
const SEEN_BY_PEOPLE = 300;

const from = pathToFileURL(path.join(process.argv[2], "package.json")).href;
const ax = createRequire(from)("@arizeai/ax-client");
const declared = declarationsOf(from);
const words = wordsOf(declared);

// Whether the client has a schema of this name.
function declares(schema) {
  try {
    return declared.members(schema).all.length > 0;
  } catch {
    return false;
  }
}

// The client's own words: `words("UserStatus", "INVITED")` is `invited` in an old version.
function wordsOf({ values }) {
  return (union, name) => {
    const plain = (word) => word.toUpperCase().replace("-", "_");
    const found = values(union).find((word) => plain(word) === name);
    if (!found) throw new Error(`the client has no ${name} among ${union}`);
    return found;
  };
}

function print(operation, outcome, why = "") {
  console.log(JSON.stringify({ operation, outcome, why: why.slice(0, SEEN_BY_PEOPLE) }));
}

async function attempt(name, step) {
  try {
    await step();
    print(name, "passed");
  } catch (error) {
    console.error(error);
    print(name, "failed", `${error.name}: ${error.message}`.replace(/\s+/g, " "));
  }
}

const OURS = /(ApiKey|Organization|Space|User|Role|RoleBinding|Resource|AuditLog|Project)/;
const known = new Set();

for (const [resource, operations] of Object.entries(OPERATIONS)) {
  const { life } = await import(`./lives/${resource}.js`);
  const { calls, steps } = life({ ax, words, declares, client: ax.createClient() });
  Object.values(calls).forEach((call) => known.add(call));
  for (const operation of operations) {
    const name = `${resource}.${operation}`;
    if (typeof ax[calls[operation]] !== "function") print(name, "absent");
    else await attempt(name, steps[operation]);
  }
}

for (const name of Object.keys(ax).filter((each) => OURS.test(each) && !known.has(each))) {
  print(name, "failed", "operations.json does not have it");
}
