"""Text as Markdown shows it."""

import re


def cell(text):
  """Text on one line in which nothing is markup but what stands between backquotes."""
  parts = re.split(r"(`[^`]*`)", " ".join(text.split()))
  for place in range(0, len(parts), 2):
    # An underscore within a word is no markup.
    parts[place] = re.sub(r"([\\<>*\[\]]|(?<!\w)_|_(?!\w))", r"\\\1", parts[place])
  return "".join(parts).replace("|", "\\|")


def code(text):
  """Text as code."""
  return "`" + text.replace("|", "\\|") + "`"
