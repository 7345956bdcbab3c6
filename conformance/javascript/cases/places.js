// Organizations, spaces and users: listed, fetched, and found by name.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ORGANIZATION, SPACE } from "../world.js";

export function places(world) {
  const { dialect, ax, client } = world;

  describe("places", () => {
    test("spaces are listed and fetched by id and by name", async () => {
      const { data } = await ax.listSpaces({ client });
      const byId = await ax.getSpace({ client, space: SPACE });
      assert.deepEqual(data.find((space) => space.id === SPACE), byId);
      assert.deepEqual(await ax.getSpace({ client, space: byId.name }), byId);
    });

    test("spaces are filtered by organization and by part of their name", async () => {
      const { name } = await ax.getSpace({ client, space: SPACE });
      const part = name.slice(1).toUpperCase();
      for (const filter of [{ organizationId: ORGANIZATION }, { name: part }]) {
        const { data } = await ax.listSpaces({ client, ...filter });
        assert.ok(data.some((space) => space.id === SPACE));
      }
      assert.deepEqual((await ax.listSpaces({ client, name: "no such space" })).data, []);
    });

    test("organizations are listed and fetched by id and by name", async () => {
      const { data } = await ax.listOrganizations({ client });
      const byId = await ax.getOrganization({ client, organization: ORGANIZATION });
      assert.deepEqual(data.find((organization) => organization.id === ORGANIZATION), byId);
      assert.deepEqual(await ax.getOrganization({ client, organization: byId.name }), byId);
    });

    test("users are listed, filtered and fetched", async () => {
      const { createdByUserId: me } = await world.userKey("me");
      const byId = await ax.getUser({ client, userId: me });
      const [active] = dialect.declared.values("UserStatus");
      assert.equal(byId.status, active);
      assert.equal(byId.role.type, dialect.declared.values("UserRoleAssignmentType")[0]);
      assert.ok(dialect.declared.values("UserRole").includes(byId.role.name));
      for (const filter of [{}, { email: byId.email.toUpperCase() }, { status: [active] }]) {
        const { data } = await ax.listUsers({ client, ...filter });
        assert.deepEqual(data.find((user) => user.id === me), byId);
      }
    });

    test("every answer has the shape the client declares", async () => {
      for (const [path, member, schema] of [
        ["/v2/spaces", "spaces", "Space"],
        ["/v2/organizations", "organizations", "Organization"],
        ["/v2/users", "users", "User"],
      ]) {
        const { data } = await client.GET(path, { params: { query: {} } });
        assert.ok(data[member].length > 0);
        for (const item of data[member]) world.assertShape(item, schema);
      }
    });

    test("a name that nothing has is the client's own error", async () => {
      await assert.rejects(() => ax.getSpace({ client, space: "no such space" }), ax.ResolutionError);
      await assert.rejects(
        () => ax.getOrganization({ client, organization: "no such organization" }),
        ax.ResolutionError,
      );
    });
  });
}
