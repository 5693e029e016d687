#!/usr/bin/env python3
"""Sets every table of reports with a real TeX, and fails where one does not compile or is too wide.

usage: check_latex.py ASSAY FOLDER [DATABASE]

Each table is set as wide as the text of a paper in one column, and as one and as both columns of a
paper in two, on A4 and on letter paper. An overfull line, an
undefined command or reference, and a float longer than its page are failures. Then a table of names
that are hard on LaTeX is set. Without a database, small ones of the test images are made in the
folder: a study with three seeds, and the other studies with an evaluation; then a table that none
of them has is a failure, too. The pages stay in the folder.
"""

import pathlib
import re
import shutil
import subprocess
import sys

import small_studies

# Parts that hold others, or no table.
NO_TABLES = ["summary", "tables", "macros"]
# Every character that the tables may print as it is, and some that they may not.
HARD_NAMES = [
    "".join(map(chr, range(0x20, 0x7F))), "".join(map(chr, range(0xC0, 0x180))), "−±×≤≥–—…εαβγδθλμσℓ∞",
    "中文 😀 \u202e \x1b[31m a\r\nb", "\\input{/etc/passwd} $x_1^2$ 100% #1 ~&",
]


def set_pages(folder, name, options, body, preamble=""):
    """Compiles a document and returns what TeX had to complain of."""
    (folder / f"{name}.tex").write_text(
        f"\\documentclass[{options}]{{article}}\n\\usepackage{{booktabs}}\n{preamble}"
        f"\\begin{{document}}\n{body}\n\\end{{document}}\n")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", f"{name}.tex"]
    for _ in range(2):
        run = subprocess.run(command, cwd=folder, capture_output=True)
    log = (folder / f"{name}.log").read_text(errors="replace") if (folder / f"{name}.log").exists() else ""
    complaints = re.findall(r"^(?:!.*|Overfull \\hbox.*|.*Float too large.*|.*undefined.*|.*multiply defined.*)$",
                            log, re.MULTILINE)
    return complaints + ([] if run.returncode == 0 else [f"pdflatex ended with {run.returncode}"])


def join(bodies):
    """Puts parts together to documents, as few as give no label twice: reports of two studies have some alike."""
    documents = []
    for part, body in bodies:
        labels = set(re.findall(r"\\label\{([^}]*)\}", body))
        for names, used, text in documents:
            if not used & labels:
                names.append(part)
                used |= labels
                text.append(body)
                break
        else:
            documents.append(([part], labels, [body]))
    return [(names, "\n".join(text)) for names, _, text in documents]


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    if shutil.which("pdflatex") is None:
        sys.exit("check_latex: no pdflatex; install it: apt-get install texlive-latex-recommended")
    assay, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve() / "latex"
    folder.mkdir(parents=True, exist_ok=True)
    # What an earlier version left is brought to this one's schema.
    for database in folder.glob("*.db"):
        subprocess.run([assay, "db", "migrate", "--db", database], check=True)
    if len(sys.argv) == 4:
        databases = [pathlib.Path(sys.argv[3]).resolve()]
    else:
        databases = [folder / "assay.db"]
        for seed in "120" if not databases[0].exists() else "":
            small_studies.run_study(assay, folder, databases[0], "--seed", seed)
        databases.append(small_studies.run_others(assay, folder, databases[0]))

    def ask(*arguments, of=databases[0]):
        run = subprocess.run([assay, *arguments, "--db", of], capture_output=True, text=True)
        if run.returncode != 0:
            sys.exit(f"check_latex: {arguments}: {run.stderr}")
        return run.stdout

    passed, failed = 0, 0

    def that(complaints, words):
        nonlocal passed, failed
        passed, failed = passed + (not complaints), failed + bool(complaints)
        if complaints:
            print(f"FAILED: {words}: {complaints}")

    tables = {}
    for part in small_studies.parts(assay):
        if part in NO_TABLES:
            continue
        file = folder / f"{part}.tex"
        missing = [small_studies.write(assay, part, [database], file) for database in databases]
        if "" in missing:
            continue
        found = [database for database, reason in zip(databases, missing) if reason is None]
        # A table without rows is no table in LaTeX.
        full = [database for database in found if ask("report", part, "--format", "csv", of=database).count("\n") > 1]
        if full:
            tables[part] = full[0]
        elif len(databases) > 1:
            that([reason for reason in missing if reason] or ["it has no rows"], f"the table {part}")
        else:
            print(f"not set: {part}: {missing[0] or 'it has no rows'}")
    print(f"set: {', '.join(tables)}")
    papers = [("text", [], "a4paper"), ("text", [], "letterpaper"),
              *((f"columns-{count}", ["--columns", count], f"twocolumn,{paper}")
                for count in "12" for paper in ("a4paper", "letterpaper"))]
    for name, options, paper in papers:
        bodies = [(part, ask("report", part, "--format", "latex", *options, of=database) + "\\clearpage")
                  for part, database in tables.items()]
        for number, (names, body) in enumerate(join(bodies), start=1):
            that(set_pages(folder, f"{name}-{paper.split(',')[-1]}-{number}", paper, body),
                 f"{', '.join(names)}, {paper} {' '.join(options)}")
    (folder / "macros.tex").write_text(ask("report", "macros"))
    names = re.findall(r"\\newcommand\{(\\\w+)\}", (folder / "macros.tex").read_text())
    that(set_pages(folder, "prose", "a4paper", "\\raggedright " + " ".join(name + "{}" for name in names),
                   "\\input{macros}\n"), "every macro in prose")
    selects = " UNION ALL ".join(
        "SELECT " + "||".join(f"char({ord(letter)})" for letter in name) + " AS name, 7 AS value"
        for name in HARD_NAMES)
    that(set_pages(folder, "names", "a4paper", ask("query", "--sql", selects, "--format", "latex")),
         "names that are hard on LaTeX")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
