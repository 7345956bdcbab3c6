// The JavaScript client 1.23.0: one space per service key, roles as plain values, lower-case words.
import * as ax from "@arizeai/ax-client";
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { declarationsOf } from "../declarations.js";
import { everyCase } from "../every_case.js";
import { ORGANIZATION, SPACE, World } from "../world.js";

const declared = declarationsOf(import.meta.url);
const [active, removed] = declared.values("ApiKeyStatus");
const [user, service] = declared.values("ApiKeyType");
const [, member, readOnly] = declared.values("ApiKeySpaceRole");

const world = new World({
  version: "1.23.0",
  ax,
  declared,
  status: { active, removed },
  keyType: { user, service },
  schemas: { list: "ApiKeyListResponse", refreshed: "ApiKeyCreated" },

  createUserKey: (parameters) => ax.createApiKey({ keyType: user, ...parameters }),

  createServiceKey: ({ organizationId: _, ...parameters }) =>
    ax.createApiKey({ keyType: service, ...parameters }),

  createServiceKeyWithRoles: ({ organizationId: _, ...parameters }) =>
    ax.createApiKey({
      keyType: service,
      roles: { spaceRole: readOnly, orgRole: member, accountRole: member },
      ...parameters,
    }),

  serviceKeyBody: ({ name, spaceId }) => ({ name, key_type: service, space_id: spaceId }),
});

everyCase(world);

describe("only 1.23.0", () => {
  const { client } = world;

  test("a key without a type is a user key", async () => {
    const key = await ax.createApiKey({ client, name: world.unique("no type") });
    assert.equal(key.keyType, user);
  });

  test("every role the client offers is accepted", async () => {
    for (const spaceRole of declared.values("ApiKeySpaceRole")) {
      const key = await world.serviceKey(spaceRole, { roles: { spaceRole } });
      await world.assertAccepted(key.key);
    }
  });

  test("400: a user key has neither space nor roles, a service key needs a space", async () => {
    const requests = {
      "a user key with a space": { keyType: user, spaceId: SPACE },
      "a user key with roles": { keyType: user, roles: { spaceRole: member } },
      "a service key without a space": { keyType: service },
    };
    for (const [what, parameters] of Object.entries(requests)) {
      const name = world.unique("mixture");
      await world.assertThrows(400, () => ax.createApiKey({ client, name, ...parameters }), what);
    }
  });

  test("a created key has the shape the client declares", async () => {
    const bodies = [
      { name: world.unique("shape"), key_type: user },
      world.dialect.serviceKeyBody({
        name: world.unique("shape"),
        organizationId: ORGANIZATION,
        spaceId: SPACE,
      }),
    ];
    for (const body of bodies) {
      const { data, response } = await client.POST("/v2/api-keys", { body });
      assert.equal(response.status, 201);
      world.assertShape(data, "ApiKeyCreated");
    }
  });
});
