// The life of projects, as far as restrictions and bindings need them.
import assert from "node:assert/strict";
import { SPACE, one, pages, refused, unique } from "../world.js";

export const calls = {
  create: "createProject",
  get: "getProject",
  list: "listProjects",
  update: "updateProject",
  delete: "deleteProject",
};

export function life({ ax, client }) {
  let made;

  const steps = {
    async create() {
      const name = unique("project");
      made = await ax.createProject({ client, name, space: SPACE });
      assert.equal(made.name, name);
      assert.equal(made.spaceId, SPACE);
    },
    async get() {
      assert.deepEqual(await ax.getProject({ client, project: made.id }), made);
      assert.deepEqual(await ax.getProject({ client, project: made.name, space: SPACE }), made);
    },
    async list() {
      for (const filters of [{}, { name: made.name }]) {
        const found = await pages(ax.listProjects, { client, space: SPACE, ...filters });
        assert.deepEqual(one(found, made.id), made);
      }
    },
    async update() {
      const name = unique("renamed");
      made = await ax.updateProject({ client, project: made.id, name });
      assert.equal(made.name, name);
    },
    async delete() {
      await ax.deleteProject({ client, project: made.id });
      const get = () => ax.getProject({ client, project: made.id });
      await refused(get, ax.NotFoundError, 404);
    },
  };
  return { calls, steps };
}
