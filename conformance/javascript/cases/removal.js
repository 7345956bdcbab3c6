// Revoking keys.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SPACE } from "../world.js";

export function removal(world) {
  const { dialect, ax, client } = world;
  const revoke = (key) => ax.revokeApiKey({ client, apiKeyId: key.id });

  describe("removal", () => {
    test("a revoked key of either type is refused at once", async () => {
      for (const key of [await world.userKey("revoked"), await world.serviceKey("revoked")]) {
        await world.assertAccepted(key.key);
        assert.equal(await revoke(key), undefined);
        await world.assertRefused(key.key);
      }
    });

    test("revoking twice is revoking once", async () => {
      const key = await world.userKey("revoked twice");
      await revoke(key);
      await revoke(key);
      await world.assertRefused(key.key);
    });

    test("a revoked key is listed under its status only", async () => {
      for (const [key, filters] of [
        [await world.userKey("unlisted"), {}],
        [await world.serviceKey("unlisted"), { spaceId: SPACE }],
      ]) {
        await revoke(key);
        assert.equal(await world.find(key.id, filters), undefined);
        const listed = await world.find(key.id, { status: dialect.status.removed, ...filters });
        assert.equal(listed.status, dialect.status.removed);
      }
    });

    test("in grace the old key can be revoked and the new one stays", async () => {
      const old = await world.userKey("revoked in grace");
      const replacement = await ax.refreshApiKey({
        client,
        apiKeyId: old.id,
        gracePeriodSeconds: 300,
      });
      await revoke(old);
      await world.assertRefused(old.key);
      await world.assertAccepted(replacement.key);
    });
  });
}
