"""docs/reference/commands.md, from the help of every command."""

import json
import subprocess

from markdown import cell, code

INTRODUCTION = """\
# The commands

This page is what `--help` says of each command. `assay COMMAND --help` shows the same in the
terminal, and `make install` adds it as manual pages.
"""


def spelling(argument):
  """How an argument is written, such as `-q, --quiet` or `--db <file>`."""
  value = f" <{argument['valueName']}>"
  if argument["kind"] == "positional":
    return value.strip() + ("..." if argument["isRepeating"] else "")
  names = [
      ("-" if name["kind"] == "short" else "--") + name["name"]
      for name in sorted(argument["names"], key=lambda name: name["kind"] != "short")]
  return ", ".join(names) + (value if argument["kind"] == "option" else "")


def usage(words, arguments):
  """The line that says what a command is given, its options left to the table."""
  positional = [
      spelling(argument) if not argument["isOptional"] else f"[{spelling(argument)}]"
      for argument in arguments if argument["kind"] == "positional"]
  options = ["[options]"] if len(positional) < len(arguments) else []
  return " ".join(words + options + positional)


def meaning(argument):
  """What an argument is, with the values it takes and its default, where the text has neither."""
  text = argument.get("abstract", "")
  said = []
  if values := argument.get("allValues"):
    said.append("values: " + ", ".join(values))
  if "defaultValue" in argument:
    said.append("default: " + argument["defaultValue"])
  if not said:
    return cell(text)
  # One pair of parentheses is enough.
  head, tail = (text[:-1], "; ") if text.endswith(")") else (text, " (")
  return cell(f"{head}{tail}{'; '.join(said)})")


def examples(discussion):
  """The paragraphs of a discussion, examples and lists fenced as they are."""
  parts = []
  for paragraph in discussion.strip().split("\n\n"):
    lines = paragraph.split("\n")
    if lines[0].startswith("Example: "):
      commands = [line.removeprefix("Example: ") for line in lines]
      parts.append("```text\n" + "\n".join(commands) + "\n```")
    elif any(line.startswith("  ") for line in lines):
      parts.append("```text\n" + paragraph + "\n```")
    else:
      parts.append(cell(paragraph.replace("\n", " ")))
  return parts


def section(command, words):
  """A command's heading, text and table, and those of the commands below it."""
  words = words + [command["commandName"]]
  subcommands = [
      part for part in command.get("subcommands", [])
      if part["shouldDisplay"] and part["commandName"] != "help"]
  arguments = [
      argument for argument in command.get("arguments", [])
      if argument["shouldDisplay"] and argument["valueName"] not in ("help", "version")]
  parts = [f"{'#' * min(len(words), 3)}# {' '.join(words)}" if len(words) > 1 else ""]
  parts += [cell(command["abstract"])] + examples(command.get("discussion", ""))
  if not subcommands:
    parts.append(f"```text\n{usage(words, arguments)}\n```")
  if arguments:
    rows = [f"| {code(spelling(argument))} | {meaning(argument)} |" for argument in arguments]
    parts.append("\n".join(["| argument | meaning |", "| --- | --- |"] + rows))
  found = ["\n\n".join(part for part in parts if part)]
  for part in subcommands:
    found += section(part, words)
  return found


def commands_page(assay):
  """The page, from what the built command says of itself."""
  dump = subprocess.run(
      [assay, "--experimental-dump-help"], check=True, capture_output=True, text=True).stdout
  return INTRODUCTION + "\n" + "\n\n".join(section(json.loads(dump)["command"], [])) + "\n"
