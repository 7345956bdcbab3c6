// The life of API keys, of people and of services.
import assert from "node:assert/strict";
import { ORGANIZATION, SPACE, one, pages, refused, unique } from "../world.js";

export const calls = {
  create: "createApiKey",
  create_service_key: "createApiKey",
  list: "listApiKeys",
  refresh: "refreshApiKey",
  delete: "deleteApiKey",
  revoke: "revokeApiKey",
};

export function life({ ax, words, declares, client }) {
  const [user, service] = ["USER", "SERVICE"].map((name) => words("ApiKeyType", name));
  const all = (filters) => pages(ax.listApiKeys, { client, ...filters });
  const opens = (apiKey) => ax.listSpaces({ client: ax.createClient({ apiKey }) });
  const isDead = (apiKey) => refused(() => opens(apiKey), ax.AuthenticationError, 401);
  let made;
  let ofService;

  // From 1.25 on, spaces stand under their organizations; 1.24 is the last that takes one space.
  async function createServiceKey() {
    const name = unique("service key");
    const scope = declares("ServiceApiKeyCreated")
      ? { organizations: [{ orgId: ORGANIZATION, spaces: [{ spaceId: SPACE }] }] }
      : { spaceId: SPACE };
    return ax.createApiKey({ client, keyType: service, name, ...scope });
  }

  const steps = {
    async create() {
      const key = { client, keyType: user, name: unique("key"), description: "of a person" };
      made = await ax.createApiKey(key);
      assert.equal(made.status, words("ApiKeyStatus", "ACTIVE"));
      assert.equal(made.keyType, user);
      assert.equal(made.description, "of a person");
      await opens(made.key);
    },
    async create_service_key() {
      ofService = await createServiceKey();
      assert.equal(ofService.keyType, service);
      const spaces = await pages(ax.listSpaces, {
        client: ax.createClient({ apiKey: ofService.key }),
      });
      one(spaces, SPACE);
    },
    async list() {
      assert.equal(one(await all(), made.id).name, made.name);
      assert.equal(one(await all({ keyType: service }), ofService.id).keyType, service);
      one(await all({ spaceId: SPACE }), ofService.id);
    },
    async refresh() {
      const before = made;
      made = await ax.refreshApiKey({ client, apiKeyId: before.id });
      assert.equal(made.name, before.name);
      assert.ok(made.key !== before.key, "the same secret");
      await isDead(before.key);
      await opens(made.key);
    },
    async delete() {
      await ax.deleteApiKey({ client, apiKeyId: made.id });
      await isDead(made.key);
    },
    async revoke() {
      await ax.revokeApiKey({ client, apiKeyId: made.id });
      await ax.revokeApiKey({ client, apiKeyId: made.id });
      await isDead(made.key);
      const revoked = words("ApiKeyStatus", "REVOKED");
      assert.equal(one(await all({ status: revoked }), made.id).status, revoked);
    },
  };
  return { calls, steps };
}
