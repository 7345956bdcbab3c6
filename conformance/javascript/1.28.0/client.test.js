// The JavaScript client 1.28.0: organizations with spaces, role objects, upper-case words.
import * as ax from "@arizeai/ax-client";
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { declarationsOf } from "../declarations.js";
import { everyCase } from "../every_case.js";
import { ORGANIZATION, SPACE, unknown, World } from "../world.js";

const declared = declarationsOf(import.meta.url);
const [active, removed] = declared.values("ApiKeyStatus");
const [user, service] = declared.values("ApiKeyType");
const [predefined] = declared.values("SpaceRoleAssignmentType");
const [, member, readOnly, annotator] = declared.values("UserSpaceRole");

const world = new World({
  version: "1.28.0",
  ax,
  declared,
  status: { active, removed },
  keyType: { user, service },
  schemas: { list: "ListApiKeysResponse", refreshed: "RefreshApiKeyResponse" },

  createUserKey: (parameters) => ax.createApiKey({ keyType: user, ...parameters }),

  createServiceKey: ({ organizationId, spaceId, ...parameters }) =>
    ax.createApiKey({
      keyType: service,
      organizations: [{ orgId: organizationId, spaces: [{ spaceId }] }],
      ...parameters,
    }),

  createServiceKeyWithRoles: ({ organizationId, spaceId, ...parameters }) =>
    ax.createApiKey({
      keyType: service,
      accountRole: { name: member },
      organizations: [
        {
          orgId: organizationId,
          role: { name: member },
          spaces: [{ spaceId, role: { name: readOnly } }],
        },
      ],
      ...parameters,
    }),

  serviceKeyBody: ({ name, organizationId, spaceId }) => ({
    name,
    key_type: service,
    organizations: [{ org_id: organizationId, spaces: [{ space_id: spaceId }] }],
  }),
});

everyCase(world);

describe("only 1.28.0", () => {
  const { client } = world;

  const boundTo = (spaceRole, organizationRole) => ({
    client,
    keyType: service,
    name: world.unique("bound"),
    organizations: [
      { orgId: ORGANIZATION, role: organizationRole, spaces: [{ spaceId: SPACE, role: spaceRole }] },
    ],
  });

  test("omitted roles are resolved in the answer", async () => {
    const { botUser } = await world.serviceKey("defaults");
    assert.ok(botUser.id && typeof botUser.name === "string");
    const role = (name) => ({ type: predefined, name });
    assert.deepEqual(botUser.accountRole, role(member));
    assert.deepEqual(botUser.organizations, [
      {
        orgId: ORGANIZATION,
        role: role(readOnly),
        spaces: [{ spaceId: SPACE, role: role(member) }],
      },
    ]);
  });

  test("chosen roles are repeated in the answer", async () => {
    const { botUser } = await world.dialect.createServiceKeyWithRoles({
      client,
      name: world.unique("chosen"),
      organizationId: ORGANIZATION,
      spaceId: SPACE,
    });
    const [organization] = botUser.organizations;
    assert.equal(organization.role.name, member);
    assert.equal(organization.spaces[0].role.name, readOnly);
  });

  test("a user key has no bot", async () => {
    assert.equal((await world.userKey("no bot")).botUser, undefined);
  });

  test("422: annotators and custom roles are not for service keys", async () => {
    const custom = { id: unknown("Role") };
    const requests = {
      "annotator of the account": { ...boundTo(), accountRole: { name: annotator } },
      "custom role in the account": { ...boundTo(), accountRole: custom },
      "annotator of an organization": boundTo(undefined, { name: annotator }),
      "custom role in an organization": boundTo(undefined, custom),
      "annotator of a space": boundTo({ name: annotator }),
    };
    for (const [what, parameters] of Object.entries(requests)) {
      await world.assertThrows(422, () => ax.createApiKey(parameters), what);
    }
  });

  test("a created key has the shape the client declares", async () => {
    const userBody = { key_type: user, name: world.unique("shape") };
    const created = await client.POST("/v2/api-keys", { body: userBody });
    assert.equal(created.response.status, 201);
    world.assertShape(created.data, "UserApiKeyCreated");

    const serviceBody = world.dialect.serviceKeyBody({
      name: world.unique("shape"),
      organizationId: ORGANIZATION,
      spaceId: SPACE,
    });
    const { data } = await client.POST("/v2/api-keys", { body: serviceBody });
    world.assertShape(data, "ServiceApiKeyCreated");
    world.assertShape(data.bot_user, "ServiceKeyBotUser");
  });
});
