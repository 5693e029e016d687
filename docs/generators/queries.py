"""docs/reference/queries.md, from the header of every file of queries/."""

import re

from markdown import cell, code

INTRODUCTION = """\
# The queries

Each file of `queries/` is one SELECT with a header that says what it takes and what it answers. The
program runs these very files, and so can the sqlite3 shell:

```text
assay query roc --attack fgsm --part heldout
sqlite3 -box assay.db ".parameter set :attack fgsm" ".read queries/roc.sql"
```

A parameter without a value is unbound. What that means is in its line. `assay query NAME --help` shows
the same in the terminal.
"""
ENTRY = re.compile(r"(?P<indent>(?:in:|out:)?\s+)(?P<name>:?\w+) (?P<type>[A-Z]+)\s*(?P<text>.*)")


class Contract:
  """What a header says: the answer in a sentence, more about it, parameters and columns."""

  def __init__(self, path):
    self.name = path.stem
    header = []
    for line in path.read_text().split("\n"):
      if not line.startswith("--"):
        break
      header.append(line[2:].removeprefix(" "))
    start = next(place for place, line in enumerate(header) if re.match(r"(in|out):", line))
    paragraphs = [" ".join(part.split()) for part in "\n".join(header[:start]).split("\n\n")]
    self.summary, self.text = paragraphs[0], [part for part in paragraphs[1:] if part]
    self.entries = {"in": [], "out": []}
    section = None
    for line in header[start:]:
      if word := re.match(r"(in|out):", line):
        section = word[1]
      if entry := ENTRY.fullmatch(line):
        self.entries[section].append([entry["name"], entry["type"], entry["text"]])
      elif section and self.entries[section]:
        self.entries[section][-1][2] += " " + line.strip()

  def markdown(self):
    parts = [f"## {self.name}", cell(self.summary)] + [cell(part) for part in self.text]
    for section, head in (("in", "parameter"), ("out", "column")):
      if rows := self.entries[section]:
        parts.append("\n".join(
            [f"| {head} | type | meaning |", "| --- | --- | --- |"]
            + [f"| {code(name)} | {kind} | {cell(text)} |" for name, kind, text in rows]))
    return "\n\n".join(parts)


def queries_page(folder):
  """The page: a list of all queries, then each with its contract."""
  contracts = [Contract(path) for path in sorted(folder.glob("*.sql"))]
  summary = "\n".join(
      ["| query | answers |", "| --- | --- |"]
      + [f"| [{contract.name}](#{contract.name}) | {cell(contract.summary)} |"
         for contract in contracts])
  return "\n\n".join(
      [INTRODUCTION.rstrip(), summary] + [contract.markdown() for contract in contracts]) + "\n"
