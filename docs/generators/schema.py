"""The schema with its comments, read from the migrations.

SQLite keeps the text of each CREATE statement, comments included, so the newest definition of a
view or table is the one in a migrated database. What stands above a statement, or behind an added
column, is only in the files.
"""

import re
import sqlite3
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

# Words, quoted text, comments and single signs, in this order of trial.
TOKEN = re.compile(r"--[^\n]*|'(?:[^']|'')*'|\"[^\"]*\"|\w+|\S")
CONSTRAINTS = {"CHECK", "PRIMARY", "FOREIGN", "UNIQUE", "CONSTRAINT"}


@dataclass
class Column:
  name: str
  type: str
  meaning: str


@dataclass
class Relation:
  """A view or a table."""

  name: str
  about: str
  columns: list[Column]
  key: list[str] = field(default_factory=list)
  shown_by: str | None = None  # a table's view


class Item:
  """What stands between two commas of a list, with the comments that belong to it."""

  def __init__(self):
    self.words, self.comments = [], []

  @property
  def meaning(self):
    return " ".join(self.comments)


def items(text, start, depth, end):
  """Splits a list at its commas.

  A comment behind code belongs to the item that the code is of, and so do the lines below it that
  begin in the same column; any other comment before an item's first word belongs to that item.
  """
  found, item, level, last_code_line, trailing_column = [], Item(), depth, -1, None
  closed = item
  for match in TOKEN.finditer(text, start):
    word = match[0]
    line = text.count("\n", 0, match.start())
    column = match.start() - text.rfind("\n", 0, match.start())
    if word.startswith("--"):
      comment = word.removeprefix("--").strip()
      if line == last_code_line:
        closed.comments.append(comment)
        trailing_column = column
      elif column == trailing_column:
        closed.comments.append(comment)
      elif not item.words:
        item.comments.append(comment)
      continue
    last_code_line, trailing_column = line, None
    if level == depth and (word.upper() == end or word == ";"):
      break
    level += (word == "(") - (word == ")")
    if level < depth:
      break
    if level == depth and word == ",":
      found.append(item)
      closed, item = item, Item()
    else:
      item.words.append(word)
      closed = item
  return found + [item] if item.words else found


def select_list(text):
  """The items of a view's first SELECT that is in no parentheses."""
  level = 0
  for match in TOKEN.finditer(text):
    level += (match[0] == "(") - (match[0] == ")")
    if level == 0 and match[0].upper() == "SELECT":
      return items(text, match.end(), 0, "FROM")
  raise SystemExit(f"no SELECT in {text}")


def comment_above(text, place):
  """The block of comment lines that ends directly above a place of a file."""
  lines = text[:place].split("\n")[:-1]
  block = []
  while lines and lines[-1].startswith("--"):
    block.insert(0, lines.pop()[2:].strip())
  return "\n".join(block)


class Schema:
  """All views and tables, by name in the order in which the migrations make them."""

  def __init__(self, folder: Path, notes: Path):
    self.notes = tomllib.loads(notes.read_text())
    self.files = [path.read_text() for path in sorted(folder.glob("[0-9]*.sql"))]
    self.database = sqlite3.connect(":memory:")
    for text in self.files:
      self.database.executescript(text)
    self.version = self.database.execute("PRAGMA user_version").fetchone()[0]
    # What the keys of views name, as the newest list of them says.
    self.vocabulary = [
        found for text in self.files if (
            found := re.findall(r"^--   (\w+(?:, \w+)*) {2,}(.+)$", text, re.MULTILINE))][-1]
    self.blocks, self.added = {}, {}
    for text in self.files:
      self.read_comments(text)
    rows = self.database.execute(
        "SELECT type, name, sql FROM sqlite_schema "
        "WHERE type IN ('view', 'table') AND name NOT LIKE 'sqlite_%' ORDER BY rowid").fetchall()
    self.views = {name: self.view(name, sql) for kind, name, sql in rows if kind == "view"}
    self.tables = {name: self.table(name, sql) for kind, name, sql in rows if kind == "table"}
    self.complete_types()

  def complete_types(self):
    """Gives columns that are computed the type in the notes, or else of the columns of their name."""
    noted = {name: kind for kind, names in self.notes["types"].items() for name in names.split()}
    known = {}
    for relation in [*self.tables.values(), *self.views.values()]:
      for column in relation.columns:
        known.setdefault(column.name, set()).add(column.type)
    for view in self.views.values():
      for column in view.columns:
        if column.type:
          continue
        types = known[column.name] - {""}
        column.type = (
            noted.get(f"{view.name}.{column.name}") or noted.get(column.name)
            or (types.pop() if len(types) == 1 else ""))
        if not column.type:
          raise SystemExit(f"tables.toml: the type of {view.name}.{column.name} is known nowhere")

  def read_comments(self, text):
    """What a file says above its statements and behind added columns."""
    for match in re.finditer(r"^CREATE (?:VIEW|TABLE) (\w+)", text, re.MULTILINE):
      if block := comment_above(text, match.start()):
        self.blocks[match[1]] = block
    for match in re.finditer(
        r"^ALTER TABLE (\w+) ADD COLUMN (\w+)[^;]*;(?: *-- (.*))?", text, re.MULTILINE):
      self.added[match[1], match[2]] = match[3] or comment_above(text, match.start())

  def information(self, name):
    """Name, type, NOT NULL and place in the primary key of each column, in order."""
    return self.database.execute(
        "SELECT name, type, \"notnull\", pk FROM pragma_table_xinfo(?)", [name]).fetchall()

  def view(self, name, sql):
    about, _, key = self.blocks.get(name, "").partition("\nkey: ")
    columns = self.information(name)
    listed = select_list(sql)
    if len(listed) != len(columns):
      raise SystemExit(f"{name}: {len(listed)} items of its SELECT for {len(columns)} columns")
    return Relation(
        name, about.strip(),
        [Column(column, kind, item.meaning) for (column, kind, _, _), item in zip(columns, listed)],
        re.findall(r"\w+", key))

  def table(self, name, sql):
    """A table, whose notes fill what the migrations leave open; a column that nothing explains is
    refused."""
    notes = self.notes.get(name, {})
    meanings = {
        item.words[0]: item.meaning for item in items(sql, sql.index("(") + 1, 0, ";")
        if item.words[0].upper() not in CONSTRAINTS}
    shown = {column.name: column.meaning for column in self.views[notes["view"]].columns
             } if "view" in notes else {}
    parents = dict(self.database.execute(
        "SELECT \"from\", \"table\" || '.' || \"to\" FROM pragma_foreign_key_list(?) ORDER BY id DESC",
        [name]))
    columns, keys = [], []
    for column, kind, filled, place in self.information(name):
      meaning = notes.get(column) or meanings[column] or self.added.get((name, column), "")
      if column in parents:
        meaning = f"`{parents[column]}`" + (f", {meaning}" if meaning else "")
      if not (meaning or column in shown or column == "id" or column.endswith("_ms")):
        raise SystemExit(f"tables.toml: {name}.{column} is explained nowhere")
      columns.append(Column(column, kind, meaning))
      if place:
        keys.append((place, column))
    about = notes.get("about") or self.blocks.get(name, "")
    if not about:
      raise SystemExit(f"tables.toml: {name} is explained nowhere")
    return Relation(name, about, columns, [column for _, column in sorted(keys)], notes.get("view"))
