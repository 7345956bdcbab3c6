// What a life needs that is not its own resource: people, roles, projects, made over plain HTTP in
// the newest dialect; and the assertions that lives share.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";

const environment = process.env;
export const ORGANIZATION = environment.CLAVIGER_ORG_ID;
export const SPACE = environment.CLAVIGER_SPACE_ID;

/** A name that nothing else has. */
export function unique(subject) {
  return `${subject} ${randomBytes(6).toString("hex")}`;
}

/** An e-mail address that nobody else has. */
export function address() {
  return `person-${randomBytes(6).toString("hex")}@example.com`;
}

async function post(path, body) {
  const answer = await fetch(environment.ARIZE_BASE_URL + path, {
    method: "POST",
    headers: {
      authorization: `Bearer ${environment.ARIZE_API_KEY}`,
      "content-type": "application/json",
    },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`POST ${path}: ${text}`);
  return JSON.parse(text);
}

const MEMBER = { type: "PREDEFINED", name: "MEMBER" };

/** A member of the account and of nothing else. */
export async function person(email = address()) {
  const body = { name: "Person", email, role: MEMBER, invite_mode: "NONE" };
  return (await post("/v2/users", body)).id;
}

/** A member of the account and of the world's organization. */
export async function member() {
  const user = await person();
  await post(`/v2/organizations/${ORGANIZATION}/users`, { user_id: user, role: MEMBER });
  return user;
}

/** A role that an administrator has made. */
export async function role() {
  return (await post("/v2/roles", { name: unique("role"), permissions: ["PROJECT_READ"] })).id;
}

/** A project in the world's space. */
export async function project() {
  return (await post("/v2/projects", { name: unique("project"), space_id: SPACE })).id;
}

/** Everything a listing leads to. */
export async function pages(call, filters = {}) {
  const found = [];
  let cursor;
  for (;;) {
    const page = await call({ limit: 100, cursor, ...filters });
    found.push(...page.data);
    cursor = page.pagination.nextCursor;
    if (!page.pagination.hasMore) return found;
  }
}

/** The one item with this id. */
export function one(items, id) {
  const found = items.filter((item) => item.id === id);
  assert.equal(found.length, 1, "how often a listing shows it");
  return found[0];
}

/** The call throws the client's error of this class and status. */
export async function refused(call, kind, status) {
  await assert.rejects(call, (error) => {
    assert.equal(error.constructor, kind, `${error.name}: ${error.message}`);
    assert.equal(error.statusCode, status);
    return true;
  });
}
