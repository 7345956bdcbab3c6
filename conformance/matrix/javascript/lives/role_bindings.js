// The life of bindings: somebody has a role in a space or in a project.
import assert from "node:assert/strict";
import { SPACE, member, one, pages, project, refused, role } from "../world.js";

export const calls = {
  create: "createRoleBinding",
  get: "getRoleBinding",
  list: "listRoleBindings",
  update: "updateRoleBinding",
  delete: "deleteRoleBinding",
};

export function life({ ax, client }) {
  let made;
  let user;

  const steps = {
    async create() {
      user = await member();
      const roleId = await role();
      const targets = { PROJECT: await project(), SPACE };
      for (const [resourceType, resourceId] of Object.entries(targets)) {
        const binding = { userId: user, roleId, resourceType, resourceId };
        made = await ax.createRoleBinding({ client, ...binding });
        for (const [member, value] of Object.entries(binding)) assert.equal(made[member], value);
      }
    },
    async get() {
      assert.deepEqual(await ax.getRoleBinding({ client, bindingId: made.id }), made);
    },
    async list() {
      for (const filters of [{}, { userId: user }]) {
        const all = { client, resourceType: "SPACE", ...filters };
        assert.deepEqual(one(await pages(ax.listRoleBindings, all), made.id), made);
      }
    },
    async update() {
      const roleId = await role();
      made = await ax.updateRoleBinding({ client, bindingId: made.id, roleId });
      assert.equal(made.roleId, roleId);
    },
    async delete() {
      const reference = { client, bindingId: made.id };
      await ax.deleteRoleBinding(reference);
      await refused(() => ax.getRoleBinding(reference), ax.NotFoundError, 404);
    },
  };
  return { calls, steps };
}
