"""Records runs of Python programs with Assay.

    import assay

    run = assay.start(name="baseline", parameters={"lr": 0.01})
    for epoch in run.resume(range(20)):
        run.log({"loss": loss}, step=epoch)
        run.checkpoint("model.pt")
    run.finish()

The same program works alone, under `assay run` and as a trial of a sweep. Integrations are modules
of their own: `assay.lightning`, `assay.keras` and `assay.huggingface`.

A trained model is made ready for attacks, measures and detectors by
`assay.serve(model, classes=10, shape=(3, 32, 32))`.
"""

from ._arguments import argparse_defaults
from ._errors import AssayError, AssayWarning
from ._query import metrics, query, runs
from ._run import Run
from ._serve import serve, serve_functions
from ._serving import notice_assay
from ._session import given, run, start
from ._sweep import Pruned, Sweep, Trial, sweep
from ._version import version as __version__

notice_assay()

__all__ = [
    "AssayError",
    "AssayWarning",
    "Pruned",
    "Run",
    "Sweep",
    "Trial",
    "__version__",
    "argparse_defaults",
    "given",
    "metrics",
    "query",
    "run",
    "runs",
    "serve",
    "serve_functions",
    "start",
    "sweep",
]
