"""Records the answers below the questions of docs/generators/questions.markdown.

    python3 docs/generators/answers.py study=finished.db seeds=seeds.db

Each file answers the questions whose comment names it. Numbers are rounded to four digits.
"""

import re
import sqlite3
import sys
from pathlib import Path

from markdown import cell

QUESTIONS = Path(__file__).with_name("questions.markdown")
ANSWER = re.compile(
    r"(```sql\n(.*?)```\n\n<!-- answer: (\w+)(?:, (\d+) rows)? -->\n).*?(?=\n## |\Z)", re.DOTALL)


def shown(value):
  """A value as a table shows it."""
  if isinstance(value, float):
    return f"{value:.4g}"
  return "" if value is None else cell(str(value))


def table(names, rows):
  """Rows as a table, numbers to the right."""
  columns = [{type(row[place]) for row in rows} - {type(None)} for place in range(len(names))]
  numeric = [bool(types) and types <= {int, float} for types in columns]
  lines = [names, ["---:" if number else "---" for number in numeric]]
  lines += [[shown(value) for value in row] for row in rows]
  return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def record(files):
  """Asks each file that is given what its questions ask."""

  def answered(match):
    head, sql, name, limit = match.groups()
    if name not in files:
      return match[0]
    found = files[name].execute(sql)
    names = [column[0] for column in found.description]
    rows = found.fetchall()
    kept = rows[:int(limit)] if limit else rows
    left = f"\n... and {len(rows) - len(kept):,} more rows.\n" if len(kept) < len(rows) else ""
    return f"{head}\n{table(names, kept)}\n{left}"

  QUESTIONS.write_text(ANSWER.sub(answered, QUESTIONS.read_text()))


if __name__ == "__main__":
  named = dict(word.split("=", 1) for word in sys.argv[1:])
  record({name: sqlite3.connect(f"file:{path}?mode=ro", uri=True)
          for name, path in named.items()})
