"""Stands in for a server where only the disk matters: inserts rows and says so on standard output once each is committed.

Usage: stand_in.py DATABASE SYNCHRONOUS
"""

import os
import sqlite3
import sys

# Small, so that rounds of a few milliseconds have checkpoints in them.
PAGES_BETWEEN_CHECKPOINTS = 20


def open_database(path, synchronous):
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {PAGES_BETWEEN_CHECKPOINTS}")
    connection.execute("CREATE TABLE IF NOT EXISTS rows (number INTEGER PRIMARY KEY, padding BLOB)")
    return connection


def main():
    connection = open_database(*sys.argv[1:])
    while True:
        cursor = connection.execute("INSERT INTO rows (padding) VALUES (randomblob(700))")
        os.write(1, b"%d\n" % cursor.lastrowid)


main()
