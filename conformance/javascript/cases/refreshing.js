// Refreshing keys: a new secret, a new id, and what becomes of the old one.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { daysFromNow, SPACE } from "../world.js";

export function refreshing(world) {
  const { dialect, ax, client } = world;
  const refresh = (key, optional = {}) =>
    ax.refreshApiKey({ client, apiKeyId: key.id, ...optional });

  describe("refreshing", () => {
    test("without grace the old secret dies at once", async () => {
      const old = await world.userKey("refreshed");
      const replacement = await refresh(old);
      await world.assertRefused(old.key);
      await world.assertAccepted(replacement.key);
      assert.notEqual(replacement.id, old.id);
      assert.ok(replacement.key !== old.key, "the secret is the old one");
    });

    test("the replacement carries on and the old key is removed", async () => {
      const old = await world.userKey("carried on", { description: "kept" });
      const replacement = await refresh(old);
      assert.equal(replacement.name, old.name);
      assert.equal(replacement.description, "kept");
      assert.equal(replacement.keyType, old.keyType);
      assert.equal(replacement.expiresAt, undefined);
      assert.equal((await world.find(replacement.id)).status, dialect.status.active);
      assert.equal(await world.find(old.id), undefined);
      const removed = await world.find(old.id, { status: dialect.status.removed });
      assert.equal(removed.status, dialect.status.removed);
    });

    test("with grace both secrets work", async () => {
      const old = await world.userKey("with grace");
      const replacement = await refresh(old, { gracePeriodSeconds: 300 });
      await world.assertAccepted(old.key);
      await world.assertAccepted(replacement.key);
      const listed = await world.find(old.id);
      assert.equal(listed.status, dialect.status.active);
      const seconds = (listed.expiresAt - Date.now()) / 1000;
      assert.ok(seconds >= 270 && seconds <= 360, `${seconds} s are left`);
    });

    test("a service key keeps its space", async () => {
      const old = await world.serviceKey("refreshed service", { description: "kept" });
      const replacement = await refresh(old);
      await world.assertRefused(old.key);
      await world.assertAccepted(replacement.key);
      assert.equal(replacement.description, "kept");
      assert.equal(replacement.keyType, old.keyType);
      assert.ok(await world.find(replacement.id, { spaceId: SPACE }));
    });

    test("an expiry can be brought forward", async () => {
      const old = await world.userKey("shortened", { expiresAt: daysFromNow(30) });
      const sooner = daysFromNow(10);
      assert.deepEqual((await refresh(old, { expiresAt: sooner })).expiresAt, sooner);
    });

    test("422: an expiring key is not refreshed into an unbounded one", async () => {
      const old = await world.userKey("stays bounded", { expiresAt: daysFromNow(30) });
      await world.assertThrows(422, () => refresh(old));
      await world.assertAccepted(old.key);
    });

    test("422: a refresh does not put the expiry off", async () => {
      const old = await world.userKey("stays short", { expiresAt: daysFromNow(10) });
      await world.assertThrows(422, () => refresh(old, { expiresAt: daysFromNow(30) }));
      await world.assertAccepted(old.key);
    });

    test("the answer has the shape the client declares", async () => {
      for (const key of [await world.userKey("shape"), await world.serviceKey("shape")]) {
        const { data, response } = await client.POST("/v2/api-keys/{api_key_id}/refresh", {
          params: { path: { api_key_id: key.id } },
          body: {},
        });
        assert.equal(response.status, 200);
        world.assertShape(data, dialect.schemas.refreshed);
      }
    });

    test("a revoked key cannot be refreshed", async () => {
      const key = await world.userKey("revoked before");
      await ax.revokeApiKey({ client, apiKeyId: key.id });
      await assert.rejects(() => refresh(key), ax.APIError);
      await world.assertRefused(key.key);
    });
  });
}
