"""Writes a manual page for each command of the program: python3 manual.py PROGRAM DIRECTORY

The commands, their options and their examples are the program's own; the environment and the exit
codes are the tables of docs/reference/exit-codes.md.
"""

import json
import pathlib
import re
import subprocess
import sys

REFERENCE = pathlib.Path(__file__).parent.parent / "reference" / "exit-codes.md"


def output(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def escaped(text):
    """The text as roff takes it: no escapes, no requests, no hyphens that become other characters."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "")
    return re.sub(r"^\.", r"\\&.", text, flags=re.MULTILINE)


def table(heading):
    """The rows of the first table below a heading of the reference, without its head."""
    part = REFERENCE.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def entries(pairs):
    return "".join(f".TP\n.B {escaped(name)}\n{escaped(text)}\n" for name, text in pairs)


def spelling(argument):
    names = [("--" if name["kind"] == "long" else "-") + name["name"] for name in argument.get("names", [])]
    value = f"<{argument['valueName']}>"
    if argument["kind"] == "positional":
        return value
    return ", ".join(sorted(names, key=len)) + (" " + value if argument["kind"] == "option" else "")


def meaning(argument):
    values = argument.get("allValues")
    return argument.get("abstract", "") + (f" (values: {', '.join(values)})" if values else "")


def page(words, command, version, related):
    name = "-".join(["assay"] + words)
    help_text = output(program, *words, "--help")
    usage = re.search(r"USAGE: (.*?)(\n\n|   )", help_text, re.DOTALL).group(1)
    lines = command.get("discussion", "").split("\n")
    examples = [line[len("Example: "):] for line in lines if line.startswith("Example: ")]
    paragraphs = "\n".join(line for line in lines if not line.startswith("Example: ")).strip()
    text = f'.TH {name.upper()} 1 "" "Assay {version}" "Assay"\n'
    text += f".SH NAME\n{escaped(name)} \\- {escaped(command['abstract'])}\n"
    text += f".SH SYNOPSIS\n.nf\n{escaped(re.sub(r'(?m)^ +', '', usage))}\n.fi\n"
    if paragraphs:
        text += ".SH DESCRIPTION\n"
        for paragraph in re.split(r"\n\n+", paragraphs):
            body = escaped(paragraph)
            text += f".PP\n.nf\n{body}\n.fi\n" if "\n " in paragraph else f".PP\n{body}\n"
    parts = [part for part in command.get("subcommands", []) if part["commandName"] != "help"]
    shown = [part for part in parts if part["shouldDisplay"]]
    if shown:
        text += ".SH COMMANDS\n" + entries((part["commandName"], part["abstract"]) for part in shown)
    arguments = [argument for argument in command.get("arguments", []) if argument["shouldDisplay"]]
    for title, kinds in [("ARGUMENTS", ["positional"]), ("OPTIONS", ["option", "flag"])]:
        found = [(spelling(each), meaning(each)) for each in arguments if each["kind"] in kinds]
        if found:
            text += f".SH {title}\n" + entries(found)
    if examples:
        text += ".SH EXAMPLES\n.nf\n" + "\n".join(map(escaped, examples)) + "\n.fi\n"
    text += ".SH ENVIRONMENT\n" + entries((row[0].replace("`", ""), row[1]) for row in table("Environment"))
    text += ".SH EXIT STATUS\n" + entries((row[0], "; ".join(filter(None, row[1:]))) for row in table("Exit codes"))
    others = [other for other in related if other != name]
    text += ".SH SEE ALSO\n" + ",\n".join(f".BR {escaped(other)} (1)" for other in others).replace(",\n", "\n") + "\n"
    return name, text


def write(words, command, version, directory):
    parts = [part for part in command.get("subcommands", []) if part["commandName"] != "help"]
    parts = [part for part in parts if part["shouldDisplay"]]
    below = ["-".join(["assay"] + words + [part["commandName"]]) for part in parts]
    above = ["-".join(["assay"] + words[:-1])] if words else []
    name, text = page(words, command, version, above + below)
    (directory / f"{name}.1").write_text(text)
    for part in parts:
        write(words + [part["commandName"]], part, version, directory)


program, target = sys.argv[1], pathlib.Path(sys.argv[2])
target.mkdir(parents=True, exist_ok=True)
root = json.loads(output(program, "--experimental-dump-help"))["command"]
write([], root, output(program, "--version").strip(), target)
