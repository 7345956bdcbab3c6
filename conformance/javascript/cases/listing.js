// Listing keys: filters, shapes, pages.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { SPACE } from "../world.js";

const ids = (keys) => keys.map((key) => key.id);

export function listing(world) {
  const { dialect, ax, client } = world;
  const { user: USER, service: SERVICE } = dialect.keyType;

  describe("listing", () => {
    let user, service, removed;

    before(async () => {
      user = await world.userKey("listed user key");
      service = await world.serviceKey("listed service key", { description: "listed" });
      removed = await world.userKey("listed removed key");
      await ax.revokeApiKey({ client, apiKeyId: removed.id });
    });

    const allOfType = (keys, type) => keys.every((key) => key.keyType === type);

    test("without filters come the caller's active user keys", async () => {
      const keys = await world.everyKey();
      assert.ok(ids(keys).includes(user.id));
      assert.ok(allOfType(keys, USER));
      assert.ok(keys.every((key) => key.status === dialect.status.active));
      assert.ok(keys.every((key) => key.createdByUserId === user.createdByUserId));
    });

    test("by key type", async () => {
      const users = await world.everyKey({ keyType: USER });
      assert.ok(ids(users).includes(user.id) && allOfType(users, USER));
      const services = await world.everyKey({ keyType: SERVICE });
      assert.ok(ids(services).includes(service.id) && allOfType(services, SERVICE));
    });

    test("by status", async () => {
      const revoked = await world.everyKey({ status: dialect.status.removed });
      assert.ok(ids(revoked).includes(removed.id));
      assert.ok(revoked.every((key) => key.status === dialect.status.removed));
      const active = await world.everyKey({ status: dialect.status.active });
      assert.ok(ids(active).includes(user.id) && !ids(active).includes(removed.id));
    });

    test("a space implies service keys", async () => {
      const implied = await world.everyKey({ spaceId: SPACE });
      assert.ok(ids(implied).includes(service.id) && allOfType(implied, SERVICE));
      const asked = await world.everyKey({ spaceId: SPACE, keyType: SERVICE });
      assert.deepEqual(ids(implied), ids(asked));
    });

    test("by user", async () => {
      const userId = user.createdByUserId;
      const users = await world.everyKey({ userId });
      assert.ok(ids(users).includes(user.id) && allOfType(users, USER));
      const services = await world.everyKey({ userId, spaceId: SPACE });
      assert.ok(ids(services).includes(service.id) && allOfType(services, SERVICE));
    });

    test("a listed key is the created one without its secret", async () => {
      for (const [created, filters] of [[user, {}], [service, { spaceId: SPACE }]]) {
        const listed = await world.find(created.id, filters);
        const { key, botUser, ...rest } = created;
        assert.ok(key && !("key" in listed));
        for (const member of Object.keys(rest)) {
          assert.deepEqual(listed[member], created[member], member);
        }
      }
    });

    test("every answer has the shape the client declares", async () => {
      for (const query of [{ limit: 100 }, { limit: 100, space_id: SPACE }]) {
        const { data, response } = await client.GET("/v2/api-keys", { params: { query } });
        assert.equal(response.status, 200);
        world.assertShape(data, dialect.schemas.list);
        world.assertShape(data.pagination, "PaginationMetadata");
        for (const item of data.api_keys) world.assertShape(item, "ApiKey");
      }
    });
  });

  describe("pages", () => {
    let created;

    before(async () => {
      created = [];
      for (let number = 0; number < 7; number += 1) {
        created.push(await world.userKey(`page ${number}`));
      }
    });

    test("a limit limits", async () => {
      const page = await ax.listApiKeys({ client, limit: 2 });
      assert.equal(page.data.length, 2);
      assert.equal(page.pagination.hasMore, true);
    });

    test("pages repeat nothing and miss nothing", async () => {
      const seen = ids(await world.everyKey({ limit: 3 }));
      assert.equal(new Set(seen).size, seen.length, "a key on two pages");
      assert.deepEqual(ids(created).filter((id) => !seen.includes(id)), []);
      assert.deepEqual(seen, ids(await world.everyKey()));
    });

    test("only the last page has no cursor", async () => {
      const pages = await world.pages({ limit: 3 });
      assert.ok(pages.length > 2);
      const cursors = pages.map((page) => page.pagination.nextCursor);
      assert.ok(cursors.slice(0, -1).every(Boolean));
      assert.equal(cursors.at(-1), undefined);
    });
  });
}
