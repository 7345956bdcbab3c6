// The life of organizations and of memberships in them.
import assert from "node:assert/strict";
import { one, pages, person, refused, unique } from "../world.js";

export const calls = {
  create: "createOrganization",
  get: "getOrganization",
  list: "listOrganizations",
  update: "updateOrganization",
  add_user: "addOrganizationUser",
  remove_user: "removeOrganizationUser",
  delete: "deleteOrganization",
};

export function life({ ax, words, client }) {
  const type = words("OrganizationRoleAssignmentType", "PREDEFINED");
  let made;
  let user;

  const steps = {
    async create() {
      const name = unique("organization");
      made = await ax.createOrganization({ client, name, description: "first" });
      assert.equal(made.name, name);
      assert.equal(made.description, "first");
      assert.ok(made.createdAt instanceof Date);
    },
    async get() {
      for (const organization of [made.id, made.name]) {
        assert.deepEqual(await ax.getOrganization({ client, organization }), made);
      }
    },
    async list() {
      const name = made.name.slice(3).toUpperCase();
      for (const filters of [{}, { name }]) {
        const found = await pages(ax.listOrganizations, { client, ...filters });
        assert.deepEqual(one(found, made.id), made);
      }
    },
    async update() {
      const name = unique("renamed");
      made = await ax.updateOrganization({ client, organization: made.id, name });
      assert.equal(made.name, name);
      assert.equal(made.description, "first");
    },
    async add_user() {
      user = await person();
      for (const word of ["MEMBER", "READ_ONLY"]) {
        const role = { type, name: words("OrganizationRole", word) };
        const membership = await ax.addOrganizationUser({
          client,
          organizationId: made.id,
          userId: user,
          role,
        });
        assert.equal(membership.userId, user);
        assert.equal(membership.organizationId, made.id);
        assert.deepEqual(membership.role, role);
      }
    },
    async remove_user() {
      const remove = () =>
        ax.removeOrganizationUser({ client, organizationId: made.id, userId: user });
      await remove();
      await refused(remove, ax.NotFoundError, 404);
    },
    async delete() {
      await ax.deleteOrganization({ client, organization: made.id });
      const get = () => ax.getOrganization({ client, organization: made.id });
      await refused(get, ax.NotFoundError, 404);
    },
  };
  return { calls, steps };
}
