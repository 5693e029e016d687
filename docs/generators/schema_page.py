"""docs/schema.md: how to open the file, its views and tables, and 24 questions."""

import re

from groups import GROUPS, JOINS, is_older
from markdown import cell, code

INTRODUCTION = """\
# The database

Assay keeps everything in one SQLite file. Its views are the interface: their names and columns stay
from version to version, and any program that reads SQLite can ask them. Schema version {version} has
{views} views.

[Open the file](#open-the-file) · [How the views join](#how-the-views-join) ·
{groups} · [Tables](#tables) · [Questions](#questions)

## Open the file

| with | do |
| --- | --- |
| sqlite3 | `sqlite3 -readonly -box assay.db "SELECT attack, success_rate FROM adversarial_sets"` |
| Assay | `assay query --sql "SELECT attack, success_rate FROM adversarial_sets"` |
| Python | `pandas.read_sql("SELECT * FROM adversarial_sets", sqlite3.connect("assay.db"))` |
| R | `DBI::dbReadTable(DBI::dbConnect(RSQLite::SQLite(), "assay.db"), "adversarial_sets")` |
| DuckDB | `assay query --sql "SELECT * FROM adversarial_sets" -o sets.csv --format csv`, then `FROM 'sets.csv'` |

Others may write while you read. The views need SQLite 3.40 or later with its mathematical functions, which
Debian's, Python's and R's SQLite have. DuckDB's copy lacks them, so give DuckDB a file; `assay export` writes
one for each view. `assay query` without a name lists the questions that have names, and
[reference/queries.md](reference/queries.md) has their contracts.

## How the views join

A column of one name means the same in every view, except the columns that a view marks as the older
name of another one. So two views join by the keys that they share, which you name by USING:
`adversarial_images JOIN adversarial_sets USING (adversarial_set)`. NATURAL JOIN takes the older names
too and loses rows. These columns are keys:

{keys}

Each box of the drawing lists the columns of the view's key. A line joins one row of a view to the rows
of another, which are at the end with three toes.

![The views, their keys, and how they join](schema.svg)
"""
TABLES = """\
## Tables

The tables behind the views are internal: a later version may change any of them. A column that a
table's view has too means the same there. Columns that end in `_id` refer to the row of another table,
which is named behind them; times that end in `_ms` are UTC, in milliseconds since 1970. The statements of
`migrations/` have all constraints.
"""
QUESTIONS = """\
## Questions

Each question is plain SQL over the views. Paste it into the sqlite3 shell. In a file with several studies
or models, add a condition for the one that you mean, such as `study = '…'`. The answers show four digits.
Most are of the full study on MNIST, `assay reproduce`. Questions about several studies or a sweep are
answered by small ones: FGSM with three seeds and three values of epsilon, and seven trials of a sweep.
"""


def anchor(heading):
  """The fragment by which a page refers to a heading."""
  return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def joined(view, views):
  """The views that a view joins, as a sentence; none for none."""
  others = {}
  for many, one, names in JOINS:
    if view.name in (many, one):
      other = one if many == view.name else many
      others.setdefault(names, []).append(f"[{other}](#{other})")
  return "; ".join(
      f"{', '.join(sorted(found))} by {', '.join(code(name) for name in names.split(', '))}"
      for names, found in others.items())


def view_section(view, views):
  """A view's heading, what a row is, its key, its joins and its columns."""
  paragraphs = [cell(part) for part in view.about.split("\n\n")]
  parts = [f"### {view.name}"] + paragraphs
  facts = ["Key: " + ", ".join(code(name) for name in view.key) + "."]
  if links := joined(view, views):
    facts.append(f"Joins {links}.")
  parts.append(" ".join(facts))
  rows, older = ["| column | type | meaning |", "| --- | --- | --- |"], []
  for column in view.columns:
    if is_older(column):
      older.append(f"{code(column.name)} ({cell(column.meaning)})")
    else:
      rows.append(f"| {code(column.name)} | {column.type} | {cell(column.meaning)} |")
  parts.append("\n".join(rows))
  if older:
    parts.append("Kept for older queries: " + ", ".join(older) + ".")
  return "\n\n".join(parts)


def table_paragraph(table):
  """A table in a paragraph: what a row is, its key, and its columns."""
  columns = [
      code(column.name) + (f" ({cell(column.meaning).rstrip('.')})" if column.meaning else "")
      for column in table.columns]
  about = cell(table.about.split("\n\n")[0]).rstrip(".:")
  view = f" View: [{table.shown_by}](#{table.shown_by})." if table.shown_by else ""
  key = ", ".join(code(name) for name in table.key)
  return f"**{table.name}**: {about}.{view} Key: {key}. Columns: {', '.join(columns)}."


def questions(text):
  """The questions with numbers, their answers introduced by whose they are."""
  found = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
  titles = [part.split("\n")[0] for part in found]
  parts = ["\n".join(
      f"{number}. [{title}](#{anchor(f'{number}. {title}')})" for number, title in enumerate(titles, 1))]
  for number, part in enumerate(found, 1):
    part = re.sub(
        r"<!-- answer: (\w+).*? -->",
        lambda match: "Answer:" if match[1] == "study" else "Answer of the small studies:", part)
    parts.append(f"### {number}. {part.strip()}")
  return parts


def keys(schema):
  """The table of the columns that name rows."""
  rows = ["| column | names |", "| --- | --- |"]
  for names, text in schema.vocabulary:
    rows.append(f"| {', '.join(code(name) for name in names.split(', '))} | {cell(text)} |")
  return "\n".join(rows)


def schema_page(schema, question_text):
  groups = " · ".join(f"[{group}](#{anchor(group)})" for group in GROUPS)
  parts = [INTRODUCTION.format(
      version=schema.version, views=len(schema.views), groups=groups, keys=keys(schema)).rstrip()]
  for group, names in GROUPS.items():
    parts.append(f"## {group}")
    parts += [view_section(schema.views[name], schema.views) for name in names]
  parts.append(TABLES.rstrip())
  parts += [table_paragraph(table) for table in schema.tables.values()]
  parts.append(QUESTIONS.rstrip())
  parts += questions(question_text)
  return "\n\n".join(parts) + "\n"
