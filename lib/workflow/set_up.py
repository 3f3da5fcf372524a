"""What the views of Settings show, each in one record: the project and the archive, models and prices, the log."""

from dataclasses import dataclass

from lib.store import Store, prices, projects, roles
from lib.store.projects import Project
from lib.store.removal import log
from lib.store.removal.log import Event
from lib.workflow import endpoints
from lib.workflow.endpoints import EndpointInfo

MOST_EVENTS = 500


@dataclass(frozen=True)
class ProjectView:
    """The project, those in the archive, the file that all are in, and whether who is here may change any of it."""

    project: Project
    archived: tuple[Project, ...]
    file: str
    may: bool


@dataclass(frozen=True)
class ModelsView:
    """Where models are reached, which is used when none is named, what tokens cost, the embedded model's file."""

    endpoints: tuple[EndpointInfo, ...]
    model: str | None
    prices: dict[str, tuple[float, float]]  # of a model: what a million prompt and completion tokens cost
    gguf: str  # "" where none is named
    may: bool

    @property
    def tried(self) -> EndpointInfo | None:
        """The endpoint that a button tries: the one that was entered or stands in the environment."""
        return next((one for one in self.endpoints if one.name == endpoints.ENVIRONMENT and one.ready), None)


def project(store: Store) -> ProjectView:
    """The view Project."""
    archived = tuple(one for one in projects.every(store, archived=True) if one.archived)
    return ProjectView(projects.current(store), archived, str(store.path), roles.may(store.role, "projects"))


def models(store: Store) -> ModelsView:
    """The view Models; what an endpoint lists is asked of it when that is drawn."""
    return ModelsView(tuple(endpoints.endpoints(store)), projects.setting(store, "model"), prices.every(store),
                      projects.setting(store, "gguf") or "", roles.may(store.role, "settings"))


def history(store: Store) -> tuple[Event, ...]:
    """The view Log: what was renamed, archived, brought back, deleted or taken back, newest first."""
    return tuple(log.every(store, MOST_EVENTS))
