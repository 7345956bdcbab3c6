// What the installed client's own type declarations say: the values of its enumerations and the
// members of its schemas. JavaScript has no types at run time, so they are read from the `.d.ts`
// file that the package ships.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const INDENT = " ".repeat(8);

/** Reads the declarations of the client that `resolvedFrom` (a file URL) would import. */
export function declarationsOf(resolvedFrom) {
  const entry = createRequire(resolvedFrom).resolve("@arizeai/ax-client");
  const file = path.join(path.dirname(entry), "__generated__", "api", "v2.d.ts");
  const lines = readFileSync(file, "utf8").split("\n");
  // The same name also stands in the parameters and responses sections, which come later.
  const schemas = lines.slice(lines.indexOf("    schemas: {"));

  const lineOf = (name) => {
    const found = schemas.findIndex((line) => line.startsWith(`${INDENT}${name}: `));
    if (found < 0) throw new Error(`the client declares no ${name}`);
    return found;
  };

  /** The values of a union of strings, in the order of declaration. */
  function values(name) {
    const quoted = schemas[lineOf(name)].match(/"[^"]+"/g);
    if (!quoted) throw new Error(`${name} is not a union of strings`);
    return quoted.map((text) => text.slice(1, -1));
  }

  /** The members of an object schema, and of the one it extends, as `{ required, all }`. */
  function members(name) {
    const start = lineOf(name);
    const extended = schemas[start].match(/components\["schemas"\]\["(\w+)"\] & \{/);
    const found = extended ? members(extended[1]) : { required: [], all: [] };
    for (const line of schemas.slice(start + 1)) {
      if (line.startsWith(`${INDENT}}`) && !line.endsWith("& {")) break;
      const member = line.match(/^ {12}(\w+)(\??): /);
      if (!member) continue;
      found.all.push(member[1]);
      if (!member[2]) found.required.push(member[1]);
    }
    return found;
  }

  return { values, members };
}
