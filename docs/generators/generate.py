"""Writes the documents that are made from what the repository has.

    python3 docs/generators/generate.py --assay .build/release/assay [--check]

With --check nothing is written: files that are not up to date are named, and the exit code is 1.
Graphviz is needed only where the drawing has to be made anew.
"""

import argparse
import sys
from pathlib import Path

from commands import commands_page
from diagram import digest, draw, recorded_digest, source
from groups import check
from queries import queries_page
from schema import Schema
from schema_page import schema_page

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def documents(assay):
  """Each document's text by its path; the drawing's as a function, since it may not be needed."""
  schema = Schema(ROOT / "migrations", HERE / "tables.toml")
  check(schema.views)
  drawing = ROOT / "docs/schema.svg"
  picture = source(schema.views)
  drawn = drawing.read_text() if drawing.exists() else ""
  return {
      ROOT / "docs/schema.md":
          lambda: schema_page(schema, (HERE / "questions.markdown").read_text()),
      ROOT / "docs/reference/commands.md": lambda: commands_page(assay),
      ROOT / "docs/reference/queries.md": lambda: queries_page(ROOT / "queries"),
      drawing: lambda: drawn if recorded_digest(drawn) == digest(picture) else draw(picture),
  }, recorded_digest(drawn) == digest(picture)


def main():
  parser = argparse.ArgumentParser(description="Writes the generated documents.")
  parser.add_argument("--assay", required=True, help="the built command")
  parser.add_argument("--check", action="store_true", help="only name what is not up to date")
  options = parser.parse_args()
  pages, is_drawn = documents(options.assay)
  stale = []
  for path, page in pages.items():
    if path.suffix == ".svg" and options.check:
      same = is_drawn
    else:
      text = page()
      same = path.exists() and path.read_text() == text
    if same:
      continue
    stale.append(path.relative_to(ROOT))
    if not options.check:
      path.parent.mkdir(exist_ok=True)
      path.write_text(text)
  for path in stale:
    print(f"{path} {'is not up to date: run make docs' if options.check else 'written'}")
  return 1 if stale and options.check else 0


if __name__ == "__main__":
  sys.exit(main())
