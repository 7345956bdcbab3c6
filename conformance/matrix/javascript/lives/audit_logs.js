// The audit, which a client only reads.
import assert from "node:assert/strict";
import { pages, person } from "../world.js";

const MINUTE = 60_000;

export const calls = { list: "listAuditLogs" };

export function life({ ax, words, client }) {
  const steps = {
    async list() {
      const startTime = new Date(Date.now() - MINUTE);
      await person();
      const operationType = words("AuditLogOperationType", "MUTATION");
      const { data } = await ax.listAuditLogs({ client, startTime, operationType, limit: 100 });
      assert.ok(data.length > 0, "nothing has been written down");
      assert.ok(data.every((entry) => entry.operationType === operationType));
      assert.ok(data.every((entry) => entry.createdAt >= startTime));
      const [{ userId }] = data;
      const mine = await ax.listAuditLogs({ client, userId, limit: 5 });
      assert.ok(mine.data.every((entry) => entry.userId === userId));
      const endTime = new Date(startTime - 24 * 60 * MINUTE);
      assert.deepEqual(await pages(ax.listAuditLogs, { client, endTime }), []);
    },
  };
  return { calls, steps };
}
