// Every refusal is the client's typed error for it and carries the problem document.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { daysFromNow, ORGANIZATION, SPACE, unknown } from "../world.js";

export function refusals(world) {
  const { dialect, ax, client } = world;

  async function assertEachThrows(status, calls) {
    for (const [what, call] of Object.entries(calls)) {
      await world.assertThrows(status, call, what);
    }
  }

  describe("refusals", () => {
    test("400: what the schemas of the requests rule out", () =>
      assertEachThrows(400, {
        "a cursor that is none": () => ax.listApiKeys({ client, cursor: "not a cursor" }),
        "limit 0": () => ax.listApiKeys({ client, limit: 0 }),
        "limit 101": () => ax.listApiKeys({ client, limit: 101 }),
        "an empty name": () => world.userKey("", { name: "" }),
        "a name too long": () => world.userKey("", { name: "n".repeat(257) }),
        "a description too long": () => world.userKey("", { description: "d".repeat(1001) }),
      }));

    test("400: a grace period out of bounds", async () => {
      const { id: apiKeyId } = await world.userKey("grace out of bounds");
      await assertEachThrows(400, {
        "-1 s": () => ax.refreshApiKey({ client, apiKeyId, gracePeriodSeconds: -1 }),
        "a day and 1 s": () => ax.refreshApiKey({ client, apiKeyId, gracePeriodSeconds: 86_401 }),
      });
    });

    test("401: a secret that is none, or has one character changed", async () => {
      await world.assertRefused("not-a-key");
      const { key } = await world.userKey("altered");
      await world.assertRefused(key.slice(0, -1) + (key.endsWith("A") ? "B" : "A"));
    });

    test("401: on every call", async () => {
      const stranger = world.clientWith("not-a-key");
      const { id: apiKeyId } = await world.userKey("known to strangers");
      await assertEachThrows(401, {
        list: () => ax.listApiKeys({ client: stranger }),
        create: () => dialect.createUserKey({ client: stranger, name: "never" }),
        refresh: () => ax.refreshApiKey({ client: stranger, apiKeyId }),
        revoke: () => ax.revokeApiKey({ client: stranger, apiKeyId }),
        users: () => ax.listUsers({ client: stranger }),
      });
    });

    test("403: a bot makes no service keys", async () => {
      const bot = world.clientWith((await world.serviceKey("bot")).key);
      await world.assertThrows(403, () => world.serviceKey("bot's own", { client: bot }));
    });

    test("404: what is not there", () =>
      assertEachThrows(404, {
        refresh: () => ax.refreshApiKey({ client, apiKeyId: unknown("ApiKey") }),
        revoke: () => ax.revokeApiKey({ client, apiKeyId: unknown("ApiKey") }),
        "list a space": () => ax.listApiKeys({ client, spaceId: unknown("Space") }),
        create: () => world.serviceKey("nowhere", { spaceId: unknown("Space") }),
        space: () => ax.getSpace({ client, space: unknown("Space") }),
        organization: () =>
          ax.getOrganization({ client, organization: unknown("Organization") }),
        user: () => ax.getUser({ client, userId: unknown("User") }),
      }));

    test("422: an expiry in the past", () =>
      assertEachThrows(422, {
        "user key": () => world.userKey("past", { expiresAt: daysFromNow(-1) }),
        "service key": () => world.serviceKey("past", { expiresAt: daysFromNow(-1) }),
      }));

    test("the answer is a problem document as the client declares it", async () => {
      const list = (query, asking = client) =>
        asking.GET("/v2/api-keys", { params: { query } });
      const path = { api_key_id: unknown("ApiKey") };
      world.assertProblem(await list({ cursor: "not a cursor" }), 400);
      world.assertProblem(await list({}, world.clientWith("not-a-key")), 401);
      const bot = world.clientWith((await world.serviceKey("bot")).key);
      const service = dialect.serviceKeyBody({
        name: "bot's own",
        organizationId: ORGANIZATION,
        spaceId: SPACE,
      });
      world.assertProblem(await bot.POST("/v2/api-keys", { body: service }), 403);
      world.assertProblem(
        await client.POST("/v2/api-keys/{api_key_id}/refresh", { params: { path }, body: {} }),
        404,
      );
      const past = "2020-01-01T00:00:00Z";
      const body = { name: "past", key_type: dialect.keyType.user, expires_at: past };
      world.assertProblem(await client.POST("/v2/api-keys", { body }), 422);
    });

    test("nothing of a refused request was done", async () => {
      const name = world.unique("refused");
      await world.assertThrows(422, () => world.userKey("", { name, expiresAt: daysFromNow(-1) }));
      const names = (await world.everyKey()).map((key) => key.name);
      assert.ok(!names.includes(name));
    });
  });
}
