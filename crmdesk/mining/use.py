"""A stored model asked again: the parameters and threads of its run, the data of today, in a worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from crmdesk.analytics.population import Population
from crmdesk.contributions import Analysis, Params
from crmdesk.domain.errors import BadInput, CrmdeskError
from crmdesk.jobs import Progress
from crmdesk.mining import frame
from crmdesk.mining.execute import TARGET, Part, Workplace, payload, room_of
from crmdesk.mining.params import validate
from crmdesk.mining.record import RunRecord
from crmdesk.mining.worker import Task
from crmdesk.results import Model


def analysis_of(app: Workplace, record: RunRecord) -> Analysis:
    """The analysis that made a run; CrmdeskError where its plugin is not loaded."""
    found: Analysis | None = app.plugins.analyses.get(record.analysis)
    if found is None:
        raise CrmdeskError(
            f"Run {record.uuid} was made by {record.analysis} of {record.plugin}, which is not loaded; enable it."
        )
    return found


@dataclass(frozen=True)
class Use:
    """What a model is asked with: its run, the analysis behind it, and the last day of the data."""

    app: Workplace
    record: RunRecord
    analysis: Analysis
    model: Model
    day: date

    def params(self) -> Params:
        """The run's parameters at the day of the data; CrmdeskError where the plugin does not take them any more."""
        try:
            return validate(self.analysis, self.record.params, self.record.seed, self.day)
        except BadInput as error:
            raise CrmdeskError(
                f"Run {self.record.uuid} does not fit this version of {self.analysis.title} ({error}); run it again."
            ) from None

    def people(self, purpose: str | None = None) -> Population:
        """Those of the run's population whose data may be used for its purpose, or for another one, now."""
        app, chips = self.app, self.record.population
        return frame.people(app.store, self.analysis, app.plugins.features, self.day, self.params(), purpose, chips)

    def ask(
        self, task: Task, who: Population, progress: Progress, cancel: Callable[[], bool], runner: Any = None
    ) -> bytes:
        """What the worker answers, unchecked: the same model and number of threads, so the same numbers."""
        app, params = self.app, self.params()
        needs = frame.needs_of(self.analysis, app.plugins.features, params)
        piece = frame.take(app.engine, who, needs, self.day, Part(progress, 0, 0.6, cancel), cancel)
        threads = self.record.versions.get("threads", 1)
        work = payload(self.analysis, params, self.day, threads, piece, self.model, task)
        watch, room = Part(progress, 0.6, 1, cancel), room_of(self.analysis, piece)
        found: bytes = (runner or app.runner).call(TARGET, work, progress=watch, cancel=cancel, room=room)
        return found
