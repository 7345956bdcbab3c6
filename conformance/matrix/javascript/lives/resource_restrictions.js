// The life of restrictions on projects.
import assert from "node:assert/strict";
import { pages, project } from "../world.js";

export const calls = {
  restrict: "restrictResource",
  list: "listResourceRestrictions",
  unrestrict: "unrestrictResource",
};

export function life({ ax, client }) {
  let made;
  const listed = async (filters) => {
    const found = await pages(ax.listResourceRestrictions, { client, ...filters });
    return found.filter(({ resourceId }) => resourceId === made.resourceId);
  };

  const steps = {
    async restrict() {
      const resourceId = await project();
      made = await ax.restrictResource({ client, resourceId });
      assert.equal(made.resourceType, "PROJECT");
      assert.equal(made.resourceId, resourceId);
      assert.deepEqual(await ax.restrictResource({ client, resourceId }), made);
    },
    async list() {
      assert.deepEqual(await listed({}), [made]);
      assert.deepEqual(await listed({ resourceType: "PROJECT" }), [made]);
    },
    async unrestrict() {
      await ax.unrestrictResource({ client, resourceId: made.resourceId });
      if (ax.listResourceRestrictions) assert.deepEqual(await listed({}), []);
    },
  };
  return { calls, steps };
}
