#!/usr/bin/env python3
"""Sets every table of a study with a real TeX, and fails where one does not compile or is too wide.

usage: check_latex.py ASSAY FOLDER [DATABASE]

Each table is set as wide as the text of a paper in one column, and as one and as both columns of a
paper in two, on A4 and on letter paper. An overfull line, an
undefined command or reference, and a float longer than its page are failures. Then a table of names
that are hard on LaTeX is set. Without a database, a study of the test images is run in the folder,
with three seeds. The pages stay in the folder.
"""

import pathlib
import re
import shutil
import subprocess
import sys

PARTS = ["networks", "table1", "table2", "table3", "ablations", "measures", "attacks", "seeds"]
CONFIGURATION = """\
dataset: {sample}
network: {{conv1: 4, conv2: 6, dense1: 24}}
training: {{epochs: 4, batch_size: 20}}
selection: {{size: 130, heldout_size: 120}}
attacks: {{jsma: {{gamma: 0.03}}}}
measurement: {{passes: 12}}
"""
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


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    if shutil.which("pdflatex") is None:
        sys.exit("check_latex: no pdflatex; install it: apt-get install texlive-latex-recommended")
    assay, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve() / "latex"
    folder.mkdir(parents=True, exist_ok=True)
    database = pathlib.Path(sys.argv[3]).resolve() if len(sys.argv) == 4 else folder / "assay.db"
    if not database.exists():
        sample = pathlib.Path(__file__).resolve().parents[1] / "Fixtures" / "mnist-sample"
        (folder / "study.yaml").write_text(CONFIGURATION.format(sample=sample))
        for seed in "120":
            subprocess.run([assay, "reproduce", "--config", folder / "study.yaml", "--seed", seed,
                            "--db", database, "--quiet"], check=True, stdout=subprocess.DEVNULL)

    def ask(*arguments, fails=False):
        run = subprocess.run([assay, *arguments, "--db", database], capture_output=True, text=True)
        if run.returncode != 0 and not fails:
            sys.exit(f"check_latex: {arguments}: {run.stderr}")
        return run.stdout

    passed, failed = 0, 0

    def that(complaints, words):
        nonlocal passed, failed
        passed, failed = passed + (not complaints), failed + bool(complaints)
        if complaints:
            print(f"FAILED: {words}: {complaints}")

    parts = [part for part in PARTS if ask("report", part, "--format", "csv", fails=True).count("\n") > 1]
    papers = [("text", [], "a4paper"), ("text", [], "letterpaper"),
              *((f"columns-{count}", ["--columns", count], f"twocolumn,{paper}")
                for count in "12" for paper in ("a4paper", "letterpaper"))]
    for name, options, paper in papers:
        tables = "\n".join(
            ask("report", part, "--format", "latex", *options) + "\\clearpage" for part in parts)
        that(set_pages(folder, f"{name}-{paper.split(',')[-1]}", paper, tables),
             f"all tables, {paper} {' '.join(options)}")
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
