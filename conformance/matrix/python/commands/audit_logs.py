"""The audit, which the command line does not show."""

from __future__ import annotations

from command import Command


class AuditLogs(Command):
    resource = "audit_logs"


LIFE = AuditLogs
