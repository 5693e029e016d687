"""Makes the small databases that reports are checked on, and asks the program what it can report of them."""

import pathlib
import re
import subprocess

CONFIGURATION = """\
dataset: {sample}
network: {{conv1: 4, conv2: 6, dense1: 24}}
training: {{epochs: 4, batch_size: 20}}
selection: {{size: 130, heldout_size: 120}}
attacks: {{jsma: {{gamma: 0.03}}}}
measurement: {{passes: 12}}
"""
SAMPLE = pathlib.Path(__file__).resolve().parents[1] / "Fixtures" / "mnist-sample"
# The studies beside the one that is run without a name.
NAMED = ["feinman", "graese", "guo", "distillation"]
EVALUATION = ["--detector", "wang-zhang", "--attacks", "noise,pgd,deepfool,selective", "--images", "12", "--epsilons", "0.2",
              "--draws", "2", "--surrogate", "train", "--noise-draws", "20"]


def run_study(assay, folder, database, *options):
    """Runs a study of the test images, or goes on with it."""
    (folder / "study.yaml").write_text(CONFIGURATION.format(sample=SAMPLE))
    subprocess.run([assay, "reproduce", "--config", folder / "study.yaml", "--db", database, "--quiet", *options],
                   check=True, stdout=subprocess.DEVNULL)


def run_others(assay, folder, database):
    """Takes a study's database for one that has an evaluation and the other studies as well, and names that."""
    others, draft = folder / "others.db", folder / "draft.db"
    if others.exists():
        return others
    for rest in folder.glob("draft.db*"):
        rest.unlink()
    subprocess.run([assay, "db", "backup", draft, "--db", database], check=True, stdout=subprocess.DEVNULL)
    # Before the other studies, whose models are newer.
    subprocess.run([assay, "evaluate", *EVALUATION, "--config", folder / "study.yaml", "--db", draft, "--quiet"],
                   check=True, stdout=subprocess.DEVNULL)
    for study in NAMED:
        run_study(assay, folder, draft, "--study", study, "--quick")
    return draft.rename(others)


def parts(assay):
    """The parts of reports, all that the program has: it lists them where it is asked for one that there is not."""
    run = subprocess.run([assay, "report", "no-such-part", "--db", "nowhere.db"], capture_output=True, text=True)
    found = re.search(r"no table or figure 'no-such-part'; there are: (.*)", run.stderr)
    names = found.group(1).split(", ") if found else []
    if len(names) < 2:
        raise SystemExit(f"the parts of reports are not to be found in: {run.stderr}")
    return names


def write(assay, part, databases, file, *options):
    """Writes a part's file from the first of some databases that has it.

    Gives None where it is written, "" where the part is never written so, and else why no database has it.
    """
    reasons = []
    for database in databases:
        run = subprocess.run([assay, "report", part, "--db", database, "-o", file, *options], capture_output=True, text=True)
        if run.returncode == 0:
            return None
        if "this cannot be written as" in run.stderr:
            return ""
        reasons.append(run.stderr.strip().splitlines()[0] if run.stderr else f"exit code {run.returncode}")
    return "; ".join(reasons)
