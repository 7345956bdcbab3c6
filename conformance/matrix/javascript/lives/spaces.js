// The life of spaces and of memberships in them.
import assert from "node:assert/strict";
import { ORGANIZATION, member, one, pages, refused, role, unique } from "../world.js";

export const calls = {
  create: "createSpace",
  get: "getSpace",
  list: "listSpaces",
  update: "updateSpace",
  add_user: "addSpaceUser",
  remove_user: "removeSpaceUser",
  delete: "deleteSpace",
};

export function life({ ax, words, client }) {
  const kind = (name) => words("SpaceRoleAssignmentType", name);
  let made;
  let user;

  async function gives(chosen) {
    const membership = await ax.addSpaceUser({
      client,
      spaceId: made.id,
      userId: user,
      role: chosen,
    });
    assert.equal(membership.userId, user);
    assert.equal(membership.spaceId, made.id);
    for (const [member, value] of Object.entries(chosen)) {
      assert.equal(membership.role[member], value, `the role's ${member}`);
    }
  }

  const steps = {
    async create() {
      const space = { name: unique("space"), organizationId: ORGANIZATION, description: "first" };
      made = await ax.createSpace({ client, ...space });
      assert.equal(made.name, space.name);
      assert.equal(made.description, "first");
      assert.ok(made.createdAt instanceof Date);
    },
    async get() {
      for (const space of [made.id, made.name]) {
        assert.deepEqual(await ax.getSpace({ client, space }), made);
      }
    },
    async list() {
      const name = made.name.slice(3).toUpperCase();
      for (const filters of [{}, { name }, { organizationId: ORGANIZATION }]) {
        const found = await pages(ax.listSpaces, { client, ...filters });
        assert.deepEqual(one(found, made.id), made);
      }
    },
    async update() {
      const name = unique("renamed");
      made = await ax.updateSpace({ client, space: made.id, name });
      assert.equal(made.name, name);
      assert.equal(made.description, "first");
    },
    async add_user() {
      user = await member();
      await gives({ type: kind("PREDEFINED"), name: words("UserSpaceRole", "READ_ONLY") });
      await gives({ type: kind("CUSTOM"), id: await role() });
    },
    async remove_user() {
      const remove = () => ax.removeSpaceUser({ client, spaceId: made.id, userId: user });
      await remove();
      await refused(remove, ax.NotFoundError, 404);
    },
    async delete() {
      await ax.deleteSpace({ client, space: made.id });
      const get = () => ax.getSpace({ client, space: made.id });
      await refused(get, ax.NotFoundError, 404);
    },
  };
  return { calls, steps };
}
