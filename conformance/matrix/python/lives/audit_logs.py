"""The audit, which a client only reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from life import Life, accepts, is_a, pages, same, word
from world import person


class AuditLogs(Life):
    resource = "audit_logs"

    def list(self) -> None:
        before = datetime.now(UTC) - timedelta(minutes=1)
        person()
        mutation = word("AuditLogOperationType", "MUTATION")
        # The newest come first; one page is enough to find what has just happened.
        page = self.calls.list(start_time=before, operation_type=mutation, limit=100)
        is_a(page.logs[0], "AuditLog")
        same({entry.operation_type for entry in page.logs}, {mutation}, "types")
        entry = page.logs[0]
        same(entry.created_at >= before, True, "not older than asked for")
        mine = self.calls.list(user_id=entry.user_id, limit=5).logs
        same({found.user_id for found in mine}, {entry.user_id}, "actors")
        past = pages(self.calls.list, "logs", end_time=before - timedelta(days=1))
        same(past, [], "what happened before the world began")
        if accepts(self.calls.list, "operation_names"):
            named = self.calls.list(operation_names=[entry.operation_name], limit=5).logs
            same({found.operation_name for found in named}, {entry.operation_name}, "names")


LIFE = AuditLogs
