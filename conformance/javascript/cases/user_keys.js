// Creating user keys.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertAboutNow, daysFromNow } from "../world.js";

export function userKeys(world) {
  const { dialect, ax } = world;

  describe("user keys", () => {
    test("a new key is what was asked for", async () => {
      const name = world.unique("full");
      const expiresAt = daysFromNow(30);
      const key = await world.userKey("", { name, description: "nightly", expiresAt });
      assert.equal(key.name, name);
      assert.equal(key.description, "nightly");
      assert.deepEqual(key.expiresAt, expiresAt);
      assert.equal(key.keyType, dialect.keyType.user);
      assert.equal(key.status, dialect.status.active);
      assertAboutNow(key.createdAt);
    });

    test("what was not asked for is absent", async () => {
      const key = await world.userKey("bare");
      assert.equal(key.description, undefined);
      assert.equal(key.expiresAt, undefined);
    });

    test("its secret authenticates at once and acts for its maker", async () => {
      const key = await world.userKey("acting");
      const { data } = await ax.listApiKeys({ client: world.clientWith(key.key) });
      assert.ok(data.length > 0);
      assert.ok(data.every((listed) => listed.createdByUserId === key.createdByUserId));
    });

    test("the secret is shown once", async () => {
      const key = await world.userKey("shown once");
      const pages = JSON.stringify(await world.pages({ limit: 100 }));
      assert.ok(!pages.includes(key.key), "a listing shows a secret");
      assert.ok(!key.redactedKey.includes(key.key), "the redacted form shows the secret");
      assert.equal((await world.find(key.id)).redactedKey, key.redactedKey);
    });

    test("an expiry can be given as text", async () => {
      const expiresAt = daysFromNow(3);
      const key = await world.userKey("text", { expiresAt: expiresAt.toISOString() });
      assert.deepEqual(key.expiresAt, expiresAt);
    });
  });
}
