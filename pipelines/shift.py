"""One shift: the live graph on Beam's in-process runner, until the shift is over."""

from collections.abc import Sequence
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions
from apache_beam.pvalue import PBegin
from apache_beam.runners.portability.fn_api_runner.fn_runner import FnApiRunner

from newsbeam.errors import ConfigurationError

_ONE_WORKER = (
    "process.beam_options: direct_running_mode and direct_num_workers may not be set: Beam's in-process runner "
    "loses records then; process.workers sets the number of processes"
)


def in_process_options(arguments: Sequence[str] = ()) -> PipelineOptions:
    """Return Beam's options for the in-process runner; raises `ConfigurationError` for more than one worker.

    With several workers in one process that runner loses the reader's continuation and ends early in silence.
    The command line is not looked at.
    """
    options = PipelineOptions(list(arguments))
    direct = options.view_as(DirectOptions)
    if direct.direct_running_mode != "in_memory" or direct.direct_num_workers != 1:
        raise ConfigurationError([_ONE_WORKER])
    return options


def run_shift(graph: "beam.PTransform[PBegin, Any]", options: PipelineOptions) -> None:
    """Run the graph to its end in this thread.

    The runner is named: what Beam calls "direct" may become another runner by itself.
    """
    pipeline = beam.Pipeline(runner=FnApiRunner(), options=options)
    pipeline | "Monitor Stories" >> graph
    pipeline.run()
