// Creating service keys.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertAboutNow, daysFromNow, ORGANIZATION, SPACE } from "../world.js";

export function serviceKeys(world) {
  const { dialect, ax, client } = world;

  describe("service keys", () => {
    test("a new key is what was asked for", async () => {
      const expiresAt = daysFromNow(30);
      const key = await world.serviceKey("full", { description: "importer", expiresAt });
      assert.equal(key.description, "importer");
      assert.deepEqual(key.expiresAt, expiresAt);
      assert.equal(key.keyType, dialect.keyType.service);
      assert.equal(key.status, dialect.status.active);
      assertAboutNow(key.createdAt);
    });

    test("its creator is the person and not the bot", async () => {
      const person = (await world.userKey("person")).createdByUserId;
      assert.equal((await world.serviceKey("of a person")).createdByUserId, person);
    });

    test("its secret authenticates and sees its space", async () => {
      const key = await world.serviceKey("acting");
      const { data } = await ax.listSpaces({ client: world.clientWith(key.key) });
      assert.deepEqual(data.map((space) => space.id), [SPACE]);
    });

    test("roles can be chosen", async () => {
      const key = await dialect.createServiceKeyWithRoles({
        client,
        name: world.unique("roles"),
        organizationId: ORGANIZATION,
        spaceId: SPACE,
      });
      assert.equal(key.keyType, dialect.keyType.service);
      await world.assertAccepted(key.key);
    });

    test("its space can be found by name", async () => {
      const { name } = await ax.getSpace({ client, space: SPACE });
      const { id: spaceId } = await ax.getSpace({ client, space: name });
      const key = await world.serviceKey("by name", { spaceId });
      assert.ok(await world.find(key.id, { spaceId }));
    });
  });
}
