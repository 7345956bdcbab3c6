// The life of people: invited, changed, reminded, removed.
import assert from "node:assert/strict";
import { address, one, pages, person } from "../world.js";

export const calls = {
  create: "createUser",
  get: "getUser",
  list: "listUsers",
  update: "updateUser",
  resend_invitation: "resendInvitation",
  reset_password: "resetPassword",
  delete: "deleteUser",
  bulk_delete: "bulkDeleteUsers",
};

export function life({ ax, words, client }) {
  const [active, invited] = ["ACTIVE", "INVITED"].map((name) => words("UserStatus", name));
  const all = (filters) => pages(ax.listUsers, { client, ...filters });
  const role = {
    type: words("UserRoleAssignmentType", "PREDEFINED"),
    name: words("UserRole", "MEMBER"),
  };
  const invite = (mode, email) =>
    ax.createUser({ client, name: "Somebody", email, role, inviteMode: words("InviteMode", mode) });
  let made;

  const steps = {
    async create() {
      const email = address();
      made = await invite("EMAIL_LINK", email);
      assert.equal(made.email, email);
      assert.equal(made.status, invited);
      assert.deepEqual(made.role, role);
      assert.equal(made.inviteMode, words("InviteMode", "EMAIL_LINK"));
      assert.equal((await invite("EMAIL_LINK", email)).id, made.id);
      assert.equal((await invite("NONE", address())).status, active);
      assert.ok((await invite("TEMPORARY_PASSWORD", address())).temporaryPassword);
    },
    async get() {
      const user = await ax.getUser({ client, userId: made.id });
      assert.equal(user.email, made.email);
      assert.equal(user.status, invited);
    },
    async list() {
      one(await all(), made.id);
      one(await all({ email: made.email.slice(3).toUpperCase() }), made.id);
      one(await all({ status: [active, invited] }), made.id);
      const others = await all({ status: [active] });
      assert.ok(!others.some((user) => user.id === made.id), "listed as active");
    },
    async update() {
      const user = { client, userId: made.id };
      assert.equal((await ax.updateUser({ ...user, name: "Else" })).name, "Else");
      assert.equal((await ax.updateUser({ ...user, isDeveloper: false })).isDeveloper, false);
    },
    async resend_invitation() {
      await ax.resendInvitation({ client, userId: made.id });
    },
    async reset_password() {
      await ax.resetPassword({ client, userId: await person() });
    },
    async delete() {
      await ax.deleteUser({ client, userId: made.id });
      await ax.deleteUser({ client, userId: made.id });
      assert.deepEqual(await all({ email: made.email }), []);
    },
    async bulk_delete() {
      const email = address();
      await person(email);
      const userIds = [await person()];
      const results = await ax.bulkDeleteUsers({ client, userIds, emails: [email, address()] });
      const statuses = results.map(({ status }) => status).sort();
      assert.deepEqual(statuses, ["deleted", "deleted", "not_found"]);
    },
  };
  return { calls, steps };
}
