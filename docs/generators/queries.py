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

`assay query NAME --help` shows the same in the terminal.
"""
GROUPS = {
    "study": "Studies and their tables", "detection": "Detectors and thresholds",
    "detectors": "Learned detectors, measures and transformations",
    "images": "Images", "runs": "Runs and models", "sweeps": "Sweeps"}
KIND = r"(?:[A-Z]+(?: [\w|-]+)?|'[^']*'(?:\|'[^']*')*)"
ENTRIES = {
    "in": re.compile(rf"(?P<name>:\w+) (?P<kind>{KIND}) *= *(?P<text>.*)"),
    "out": re.compile(r"(?P<name>\w+) (?P<kind>[A-Z]+) *(?P<text>.*)")}


class Contract:
  """What a header says: the answer in a sentence, more about it, parameters and columns."""

  def __init__(self, path):
    self.name, self.group = path.stem, ""
    header = []
    for line in path.read_text().split("\n"):
      if not line.startswith("--"):
        break
      header.append(line[2:].removeprefix(" "))
    start = next(place for place, line in enumerate(header) if re.match(r"(in|out):", line))
    paragraphs = [" ".join(part.split()) for part in "\n".join(header[:start]).split("\n\n")]
    self.summary, self.text = paragraphs[0], []
    for paragraph in paragraphs[1:]:
      if paragraph.startswith("group: "):
        self.group = paragraph.removeprefix("group: ")
      elif paragraph:
        self.text.append(paragraph)
    if self.group not in GROUPS:
      raise SystemExit(f"{path}: the group is none of {', '.join(GROUPS)}")
    self.entries = {"in": [], "out": []}
    section = None
    for line in header[start:]:
      if word := re.match(r"(in|out):", line):
        section, line = word[1], line[word.end():]
      if entry := ENTRIES[section].fullmatch(line.strip()):
        self.entries[section].append([entry["name"], entry["kind"], entry["text"]])
      elif line.strip():
        self.entries[section][-1][2] += " " + line.strip()

  def markdown(self):
    parts = [f"### {self.name}", cell(self.summary)] + [cell(part) for part in self.text]
    if self.entries["in"]:
      rows = ["| parameter | kind | without a value | meaning |", "| --- | --- | --- | --- |"]
      for name, kind, text in self.entries["in"]:
        unbound, _, meaning = text.partition(";")
        rows.append(f"| {code(name)} | {cell(kind)} | {cell(unbound)} | {cell(meaning)} |")
      parts.append("\n".join(rows))
    rows = ["| column | type | meaning |", "| --- | --- | --- |"]
    rows += [f"| {code(name)} | {kind} | {cell(text)} |" for name, kind, text in self.entries["out"]]
    return "\n\n".join(parts + ["\n".join(rows)])


def queries_page(folder):
  """The page: each group's queries in a list, then each query with its contract."""
  contracts = [Contract(path) for path in sorted(folder.glob("*.sql"))]
  parts = [INTRODUCTION.rstrip()]
  for group, title in GROUPS.items():
    members = [contract for contract in contracts if contract.group == group]
    parts.append(f"## {title}")
    parts.append("\n".join(
        ["| query | answers |", "| --- | --- |"]
        + [f"| [{contract.name}](#{contract.name}) | {cell(contract.summary)} |"
           for contract in members]))
    parts += [contract.markdown() for contract in members]
  return "\n\n".join(parts) + "\n"
