// The life of roles that an administrator makes.
import assert from "node:assert/strict";
import { one, pages, refused, unique } from "../world.js";

export const calls = {
  create: "createRole",
  get: "getRole",
  list: "listRoles",
  update: "updateRole",
  delete: "deleteRole",
};

export function life({ ax, words, client }) {
  const [read, create] = ["PROJECT_READ", "PROJECT_CREATE"].map((name) =>
    words("Permission", name),
  );
  // What names a role is `roleId` in most versions and `role` in the newest; the other is ignored.
  const reference = () => ({ client, roleId: made.id, role: made.id });
  let made;

  const steps = {
    async create() {
      const role = { name: unique("role"), permissions: [read, create], description: "first" };
      made = await ax.createRole({ client, ...role });
      assert.equal(made.name, role.name);
      assert.equal(made.description, "first");
      assert.deepEqual([...made.permissions].sort(), [create, read]);
      assert.equal(made.isPredefined, false);
    },
    async get() {
      assert.deepEqual(await ax.getRole(reference()), made);
    },
    async list() {
      assert.deepEqual(one(await pages(ax.listRoles, { client }), made.id), made);
      for (const isPredefined of [true, false]) {
        const found = await pages(ax.listRoles, { client, isPredefined });
        assert.ok(found.every((role) => role.isPredefined === isPredefined));
      }
    },
    async update() {
      const name = unique("renamed");
      assert.equal((await ax.updateRole({ ...reference(), name })).name, name);
      made = await ax.updateRole({ ...reference(), permissions: [read] });
      assert.deepEqual(made.permissions, [read]);
      assert.equal(made.name, name);
    },
    async delete() {
      await ax.deleteRole(reference());
      await refused(() => ax.getRole(reference()), ax.NotFoundError, 404);
    },
  };
  return { calls, steps };
}
