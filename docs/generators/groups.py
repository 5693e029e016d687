"""Views in the groups and the order in which people read of them, and how they join."""

GROUPS = {
    "Runs of any program": [
        "runs", "executions", "program_executions", "parameters", "metrics", "run_metrics",
        "metric_points", "artifacts", "checkpoints", "lineages", "run_tags", "run_notes",
        "run_attributes", "experiments", "imported_runs",
        "merged_runs", "own_runs"],
    "Models and images": [
        "training_runs", "served_models", "selected_images", "attacks", "adversarial_sets",
        "noisy_sets", "adversarial_images", "adversarial_details", "attack_steps",
        "adversarial_image_pixels",
        "verdicts", "adversarial_verdicts", "image_verdicts"],
    "Measurements and scores": [
        "measurements", "measures", "voters", "voter_sets", "image_uncertainties", "image_scores",
        "image_votes", "image_agreements", "detection_mixes", "detection_scores",
        "detection_votes", "detection_agreements", "voted_scores"],
    "Detection": [
        "detection_results", "detection_decisions", "measure_results", "undefended_results",
        "detectors", "detector_inputs", "detector_results", "published_results",
        "published_values"],
    "Evaluations": ["evaluations", "evaluation_parts", "evaluation_images"],
    "Studies and reports": [
        "studies", "study_runs", "study_results", "study_measurements", "table_numbers",
        "seed_studies", "reported_sets"],
    "Sweeps and trials": [
        "sweeps", "sweep_objectives", "trials", "trial_parameters", "trial_values",
        "trial_results", "trial_reports", "trial_attempts", "trial_runs",
        "merged_trials"],
}

# From a view to one that it has many rows for each row of, with the columns that both have.
JOINS = [
    ("executions", "runs", "run"),
    ("program_executions", "executions", "run, execution"),
    ("parameters", "runs", "run"),
    ("run_metrics", "runs", "run"),
    ("metrics", "run_metrics", "run, metric"),
    ("artifacts", "runs", "run"),
    ("checkpoints", "runs", "run"),
    ("checkpoints", "artifacts", "run, artifact"),
    ("run_tags", "runs", "run"),
    ("run_notes", "runs", "run"),
    ("run_attributes", "runs", "run"),
    ("runs", "experiments", "group_name"),
    ("metric_points", "metrics", "run, metric, step"),
    ("imported_runs", "runs", "run"),
    ("merged_runs", "runs", "run"),
    ("own_runs", "runs", "run"),
    ("lineages", "runs", "run"),
    ("training_runs", "runs", "run"),
    ("served_models", "training_runs", "model"),
    ("adversarial_sets", "training_runs", "model"),
    ("adversarial_sets", "attacks", "attack"),
    ("selected_images", "adversarial_sets", "selection"),
    ("adversarial_images", "adversarial_sets", "adversarial_set"),
    ("adversarial_details", "adversarial_images", "adversarial_set, image_index"),
    ("attack_steps", "adversarial_sets", "adversarial_set"),
    ("verdicts", "adversarial_sets", "adversarial_set"),
    ("adversarial_verdicts", "verdicts", "verdict"),
    ("image_verdicts", "verdicts", "verdict"),
    ("evaluations", "training_runs", "model"),
    ("evaluation_parts", "evaluations", "evaluation"),
    ("evaluation_parts", "verdicts", "verdict"),
    ("evaluation_images", "evaluations", "evaluation"),
    ("adversarial_image_pixels", "adversarial_images", "adversarial_set, image_index"),
    ("measurements", "adversarial_sets", "adversarial_set"),
    ("measurements", "training_runs", "model"),
    ("image_uncertainties", "measurements", "measurement"),
    ("image_scores", "image_uncertainties", "measurement, image_index"),
    ("image_scores", "measures", "measure"),
    ("detection_mixes", "measurements", "measurement"),
    ("detection_scores", "detection_mixes", "measurement, image_index, is_adversarial"),
    ("detection_scores", "measures", "measure"),
    ("noisy_sets", "adversarial_sets", "adversarial_set"),
    ("image_votes", "image_uncertainties", "measurement, image_index"),
    ("image_votes", "voters", "voter"),
    ("image_agreements", "image_uncertainties", "measurement, image_index"),
    ("image_agreements", "voter_sets", "voter_set"),
    ("detection_votes", "detection_mixes", "measurement, image_index, is_adversarial"),
    ("detection_votes", "voters", "voter"),
    ("detection_agreements", "detection_mixes", "measurement, image_index, is_adversarial"),
    ("detection_agreements", "voter_sets", "voter_set"),
    ("voted_scores", "detection_scores", "measurement, image_index, is_adversarial, measure"),
    ("voted_scores", "voter_sets", "voter_set"),
    ("undefended_results", "measurements", "measurement"),
    ("detection_results", "measurements", "measurement"),
    ("detection_decisions", "detection_results",
     "thresholds, protocol, method, detector, measure"),
    ("measure_results", "measurements", "measurement"),
    ("measure_results", "measures", "measure"),
    ("detectors", "measures", "measure"),
    ("detectors", "training_runs", "model"),
    ("detector_inputs", "detectors", "detector_name"),
    ("detector_results", "detectors", "detector_name"),
    ("detector_results", "measurements", "measurement"),
    ("studies", "measurements", "measurement"),
    ("study_runs", "runs", "run"),
    ("study_results", "studies", "study, thresholds"),
    ("study_results", "detection_results", "thresholds, protocol, method, detector, measure"),
    ("study_measurements", "studies", "study, thresholds"),
    ("table_numbers", "studies", "study, thresholds"),
    ("seed_studies", "studies", "study"),
    ("reported_sets", "adversarial_sets", "adversarial_set"),
    ("sweep_objectives", "sweeps", "sweep_name"),
    ("trials", "sweeps", "sweep_name"),
    ("trial_parameters", "trials", "sweep_name, trial"),
    ("trial_values", "trials", "sweep_name, trial"),
    ("trial_values", "sweep_objectives", "sweep_name, objective"),
    ("trial_results", "trial_values", "sweep_name, trial, objective"),
    ("trial_reports", "trials", "sweep_name, trial"),
    ("trial_attempts", "trials", "sweep_name, trial"),
    ("trial_runs", "trials", "sweep_name, trial"),
    ("trial_runs", "runs", "run"),
    ("merged_trials", "trials", "sweep_name, trial"),
]


def is_older(column):
  """Whether a column stays for older queries alone."""
  return column.meaning.startswith("older name of ")


def check(views):
  """Refuses groups and joins that are not those of the schema."""
  grouped = [name for names in GROUPS.values() for name in names]
  if sorted(grouped) != sorted(views):
    raise SystemExit(f"groups.py: {sorted(set(grouped) ^ set(views))} are not in groups and schema")
  for left, right, names in JOINS:
    for view in (left, right):
      if missing := set(names.split(", ")) - {column.name for column in views[view].columns}:
        raise SystemExit(f"groups.py: {view} has no column {', '.join(missing)}")
