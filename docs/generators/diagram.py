"""docs/schema.svg: the views and how they join, as Graphviz draws them.

The drawing carries the SHA-256 of its source, so that whether it is up to date is known without
Graphviz.
"""

import hashlib
import re
import subprocess
import textwrap

from groups import JOINS

# The groups of each band of the page, in columns of views.
BANDS = [
    {
        "Runs of any program": [
            ["experiments", "run_notes", "runs", "run_tags", "run_attributes", "imported_runs",
             "merged_runs", "own_runs"],
            ["executions", "program_executions", "parameters", "run_metrics", "metrics",
             "metric_points", "artifacts", "checkpoints", "lineages"]],
        "Sweeps and trials": [
            ["sweeps"], ["trials", "sweep_objectives"],
            ["merged_trials", "trial_runs", "trial_attempts", "trial_reports", "trial_parameters",
             "trial_values",
             "trial_results"]],
    },
    {
        "Models and images": [
            ["training_runs", "adversarial_sets", "attacks"],
            ["served_models", "selected_images", "adversarial_images", "adversarial_details",
             "attack_steps", "adversarial_image_pixels", "noisy_sets"],
            ["verdicts", "adversarial_verdicts", "image_verdicts"]],
        "Measurements and scores": [
            ["measurements"], ["image_uncertainties", "detection_mixes"],
            ["image_scores", "image_votes", "image_agreements", "measures", "detection_scores",
             "detection_votes", "detection_agreements", "voted_scores"],
            ["voters", "voter_sets"]],
    },
    {
        "Detection": [
            ["detection_decisions", "published_results", "published_values"],
            ["detection_results", "measure_results", "undefended_results"],
            ["detectors", "detector_inputs", "detector_results"]],
        "Studies and reports": [
            ["studies", "study_runs", "reported_sets"],
            ["study_results", "study_measurements", "table_numbers", "seed_studies"]],
        "Evaluations": [["evaluations", "evaluation_parts", "evaluation_images"]],
    },
]
# Of each group the colour of its frame and heads; Okabe and Ito's, darkened for white letters.
COLOURS = {
    "Runs of any program": "#4d4d4d", "Sweeps and trials": "#6b5b00", "Models and images": "#00618f",
    "Measurements and scores": "#00735a", "Detection": "#a34700", "Studies and reports": "#8a4a73",
    "Evaluations": "#5a3d99"}
# Joins that the drawing leaves out, since their lines would cross half of it.
UNDRAWN = {
    ("training_runs", "runs"), ("trial_runs", "runs"), ("study_runs", "runs"),
    ("imported_runs", "runs"),
    ("study_results", "detection_results"),
    ("reported_sets", "adversarial_sets"), ("measure_results", "measures"),
    ("detectors", "measures"), ("detectors", "training_runs"),
    ("detector_results", "measurements"), ("evaluations", "training_runs"),
    ("evaluation_parts", "verdicts")}

# In points.
WIDTH, GUTTER, GROUP_GUTTER, GAP, HEAD, LINE, TITLE, BAND_GAP, MARGIN = (
    158, 40, 62, 16, 21, 15, 26, 30, 10)


def key_lines(view):
  """The columns of a view's key, in lines as wide as its box."""
  return textwrap.wrap(", ".join(view.key), 27)


def height(view):
  return HEAD + 6 + LINE * len(key_lines(view))


def box(view, colour):
  """A view: its name, its number of columns, and the columns of its key."""
  key = "<br align=\"left\"/>".join(key_lines(view)) + "<br align=\"left\"/>"
  return (
      f'<<table border="1" cellborder="0" cellspacing="0" cellpadding="3" color="{colour}" '
      f'bgcolor="white" fixedsize="true" width="{WIDTH}" height="{height(view)}">'
      f'<tr><td bgcolor="{colour}" width="{WIDTH}" height="{HEAD}" align="left" balign="left">'
      f'<font color="white"><b>{view.name}</b></font></td></tr>'
      f'<tr><td align="left" balign="left">{key}</td></tr></table>>')


def column_height(views, names):
  return sum(height(views[name]) for name in names) + GAP * (len(names) - 1)


def places(views):
  """The top left corner of each box, and the frame of each group: left, bottom, right, top."""
  corners, frames, top = {}, {}, 0
  for band in BANDS:
    tallest = max(column_height(views, names) for columns in band.values() for names in columns)
    left = 0
    for group, columns in band.items():
      start = left
      for names in columns:
        y = top - TITLE - (tallest - column_height(views, names)) / 2
        for name in names:
          corners[name] = left, y
          y -= height(views[name]) + GAP
        left += WIDTH + GUTTER
      frames[group] = (
          start - MARGIN, top - TITLE - tallest - MARGIN, left - GUTTER + MARGIN, top)
      left += GROUP_GUTTER - GUTTER
    top -= TITLE + tallest + BAND_GAP
  return corners, frames


def sides(one, many):
  """Where a line leaves the one box and reaches the other: below or beside it."""
  if one[0] == many[0]:
    return ("s", "n") if one[1] > many[1] else ("n", "s")
  if one[1] - many[1] > 150:
    return "s", "e" if many[0] < one[0] else "w"
  return ("e", "w") if one[0] < many[0] else ("w", "e")


def source(views):
  """What Graphviz is given: every box at its place, and the lines to draw between them."""
  lines = [
      "graph schema {",
      '  graph [splines=true, fontname="Liberation Sans", bgcolor=white, pad=0.1, esep="+4"]',
      '  node [shape=plain, fontname="Liberation Sans", fontsize=11]',
      '  edge [color="#707070", arrowhead=none, arrowtail=crow, dir=both, arrowsize=0.6]']
  corners, frames = places(views)
  for band in BANDS:
    for group, columns in band.items():
      colour, (left, bottom, right, top) = COLOURS[group], frames[group]
      lines.append(
          f'  subgraph "cluster {group}" {{ graph [bb="{left:g},{bottom:g},{right:g},{top:g}", '
          f'label=<<b>{group}</b>>, lp="{right - len(group) * 4 - 12:g},{top - 12:g}", fontsize=13, '
          f'fontcolor="{colour}", color="{colour}60", style=rounded]')
      for name in [name for names in columns for name in names]:
        x, y = corners[name]
        lines.append(
            f'    {name} [pos="{x + WIDTH / 2:g},{y - height(views[name]) / 2:g}", '
            f"label={box(views[name], colour)}]")
      lines.append("  }")
  for many, one, _ in JOINS:
    if (many, one) not in UNDRAWN:
      leave, reach = sides(corners[one], corners[many])
      lines.append(f"  {many}:{reach} -- {one}:{leave}")
  return "\n".join(lines) + "\n}\n"


def digest(text):
  return hashlib.sha256(text.encode()).hexdigest()


def recorded_digest(drawing):
  """The digest that a drawing carries; nothing for none."""
  found = re.search(r"<!-- source: (\w+) -->", drawing)
  return found[1] if found else ""


def draw(text):
  """The drawing, without what differs from one Graphviz to the next."""
  drawn = subprocess.run(
      ["neato", "-n2", "-Tsvg"], input=text, check=True, capture_output=True, text=True).stdout
  drawn = re.sub(r"<!--.*?-->\n?", "", drawn, flags=re.DOTALL)
  return drawn.replace("<svg ", f"<!-- source: {digest(text)} -->\n<svg ", 1)
