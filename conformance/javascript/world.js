// The server's world as it stands in the environment, and assertions every subject needs.
//
// Assertions about secrets only say whether they differ; a secret never becomes part of a failure's
// text.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";

export const ORGANIZATION = fromEnvironment("CLAVIGER_ORG_ID");
export const SPACE = fromEnvironment("CLAVIGER_SPACE_ID");

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

function fromEnvironment(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

/** A moment on a whole second, so that it reads back as it was sent. */
export function daysFromNow(days) {
  return new Date(Math.floor((Date.now() + days * DAY) / 1000) * 1000);
}

/** An id of the right shape that names nothing. */
export function unknown(kind) {
  return Buffer.from(`${kind}:999999999:zzzz`).toString("base64");
}

export function assertAboutNow(moment) {
  assert.ok(Math.abs(moment - Date.now()) < MINUTE, "the clocks are a minute apart at most");
}

/** The world as seen through one client version; `dialect` says what that version calls things. */
export class World {
  constructor(dialect) {
    this.dialect = dialect;
    this.ax = dialect.ax;
    this.client = this.ax.createClient();
  }

  /** A client that presents `secret` to the server under test. */
  clientWith(secret) {
    return this.ax.createClient({ apiKey: secret });
  }

  /** A name no other case, run or client version uses. */
  unique(subject) {
    return `javascript ${this.dialect.version} ${subject} ${randomBytes(4).toString("hex")}`;
  }

  /** A new user key of the administrator. */
  userKey(subject, optional = {}) {
    return this.dialect.createUserKey({
      client: this.client,
      name: this.unique(subject),
      ...optional,
    });
  }

  /** A new service key on the world's space, all roles left to the server. */
  serviceKey(subject, optional = {}) {
    return this.dialect.createServiceKey({
      client: this.client,
      name: this.unique(subject),
      organizationId: ORGANIZATION,
      spaceId: SPACE,
      ...optional,
    });
  }

  /** The pages of a listing, in the server's order. */
  async pages(filters = {}) {
    const pages = [];
    let cursor;
    do {
      const page = await this.ax.listApiKeys({ client: this.client, cursor, ...filters });
      pages.push(page);
      cursor = page.pagination.nextCursor;
    } while (pages.at(-1).pagination.hasMore);
    return pages;
  }

  /** All keys a listing leads to. */
  async everyKey(filters = {}) {
    const pages = await this.pages({ limit: 100, ...filters });
    return pages.flatMap((page) => page.data);
  }

  /** The listed key with this id, or `undefined`. */
  async find(id, filters = {}) {
    const found = (await this.everyKey(filters)).filter((key) => key.id === id);
    assert.ok(found.length <= 1, "a listing shows a key once");
    return found[0];
  }

  /** The secret opens the door: the space both kinds of key can see is readable. */
  async assertAccepted(secret) {
    const space = await this.ax.getSpace({ client: this.clientWith(secret), space: SPACE });
    assert.equal(space.id, SPACE);
  }

  /** The secret is dead: the client throws its typed error for 401. */
  async assertRefused(secret) {
    const client = this.clientWith(secret);
    await this.assertThrows(401, () => this.ax.getSpace({ client, space: SPACE }));
  }

  /** The call throws the class the client has for this status, with the status and a reason. */
  async assertThrows(status, call, what = "the call") {
    const { AuthenticationError, AuthorizationError, BadRequestError } = this.ax;
    const { NotFoundError, APIError } = this.ax;
    const classes = {
      400: BadRequestError,
      401: AuthenticationError,
      403: AuthorizationError,
      404: NotFoundError,
    };
    const expected = classes[status] ?? APIError;
    await assert.rejects(call, (error) => {
      assert.equal(error.constructor, expected, `${error.name}: ${error.message}`);
      assert.equal(error.statusCode, status);
      assert.match(error.message, new RegExp(`HTTP ${status}`));
      assert.doesNotMatch(error.message, /Unknown error|undefined/);
      return true;
    }, `${what} was not refused`);
  }

  /** A raw answer of the client is a problem document that its own `Problem` type describes. */
  assertProblem({ error, response }, status) {
    const { required, all } = this.dialect.declared.members("Problem");
    assert.equal(response.status, status);
    assert.match(response.headers.get("content-type"), /^application\/problem\+json/);
    assert.equal(error.status, status);
    for (const member of [...required, "detail"]) assert.ok(error[member], `no ${member}`);
    assert.deepEqual(Object.keys(error).filter((member) => !all.includes(member)), []);
  }

  /** An object of the wire has every member its schema requires; the client ignores others. */
  assertShape(object, schema) {
    const { required } = this.dialect.declared.members(schema);
    const missing = required.filter((member) => object[member] === undefined);
    assert.deepEqual(missing, [], `missing from ${schema}`);
  }
}
