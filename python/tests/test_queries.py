"""Reading a database, which nothing but Assay writes."""

import os
import sqlite3
import sys
import tempfile
import types
import unittest
from pathlib import Path
from unittest import mock

from support import repository

import assay


class QueryTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.empty = sqlite3.connect(":memory:")
        cls.addClassCleanup(cls.empty.close)
        for migration in sorted((repository / "migrations").glob("*.sql")):
            cls.empty.executescript(migration.read_text())

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.path = self.folder / "a b?.db"
        connection = sqlite3.connect(self.path)
        self.addCleanup(connection.close)
        self.empty.backup(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        for number in (1, 2):
            connection.execute(
                "INSERT INTO run (id, uuid, kind, name, state, configuration, created_ms)"
                " VALUES (?, ?, 'program', ?, 'queued', '{}', 0)",
                (number, f"{number}5fb1a9d-0000-4000-8000-000000000000", f"run {number}"),
            )
            connection.executemany(
                "INSERT INTO metric VALUES (?, 'loss', ?, ?, 0)",
                [(number, step, step / number) for step in range(3)],
            )
        connection.commit()

    def test_rows_are_dictionaries(self):
        rows = assay.query(
            "SELECT name, state FROM runs WHERE name = :name", {"name": "run 1"}, db=self.path
        )
        self.assertEqual(rows, [{"name": "run 1", "state": "queued"}])
        self.assertEqual(assay.query("SELECT ? AS n", [3], db=self.path), [{"n": 3}])

    def test_runs_and_their_metrics(self):
        self.assertEqual([run["name"] for run in assay.runs(db=self.path)], ["run 2", "run 1"])
        found = assay.runs("name = ?", ["run 1"], db=self.path)
        self.assertEqual(len(found), 1)
        rows = assay.metrics(found[0]["run"][:2], "loss", db=self.path)
        self.assertEqual(rows, [{"metric": "loss", "step": i, "value": float(i)} for i in range(3)])

    def test_nothing_can_be_changed(self):
        for sql in ["DELETE FROM metric", "CREATE TABLE t (x)", "PRAGMA user_version = 99",
                    "SELECT 1; SELECT 2"]:  # fmt: skip
            with self.assertRaises(assay.AssayError, msg=sql):
                assay.query(sql, db=self.path)
        self.assertEqual(len(assay.query("SELECT * FROM metrics", db=self.path)), 6)

    def test_mistakes_are_errors_of_one_line(self):
        for sql, db in [("SELECT", self.path), ("SELECT 1", self.folder / "none.db")]:
            with self.assertRaises(assay.AssayError) as raised:
                assay.query(sql, db=db)
            self.assertEqual(len(str(raised.exception).splitlines()), 1)
        (self.folder / "text.db").write_text("not a database" * 100)
        with self.assertRaises(assay.AssayError):
            assay.query("SELECT 1", db=self.folder / "text.db")

    def test_the_database_is_the_environments_else_the_directorys(self):
        with mock.patch.dict(os.environ, {"ASSAY_DB": str(self.path)}):
            self.assertEqual(len(assay.runs()), 2)

    def test_a_frame_is_made_by_pandas(self):
        made = []
        pandas = types.ModuleType("pandas")
        pandas.DataFrame = lambda rows, columns: made.append((rows, columns)) or "frame"
        with mock.patch.dict(sys.modules, {"pandas": pandas}):
            frame = assay.query("SELECT 1 AS one, 2 AS two", frame=True, db=self.path)
        self.assertEqual(frame, "frame")
        self.assertEqual(made, [([(1, 2)], ["one", "two"])])


if __name__ == "__main__":
    unittest.main()
