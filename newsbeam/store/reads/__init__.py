"""Reading the store: everything that pages, the API and commands show."""

from newsbeam.store.reads.alerts import alert_by_id, last_alert_before, latest_alerts
from newsbeam.store.reads.dead import Place, dead_letter_at, dead_letters, places_not_replayed
from newsbeam.store.reads.feeds import coverage_by_hour, feed_health, watched_since
from newsbeam.store.reads.series import count_series, dimension_totals, read_cells, topic_totals
from newsbeam.store.reads.status import status
from newsbeam.store.reads.stories import body_of, latest_stories, story_by_id
from newsbeam.store.reads.tracing import trace
from newsbeam.store.reads.views import (
    AlertDetail,
    AlertView,
    CellCount,
    CountPoint,
    DeadLetterView,
    DecisionView,
    DeliveryView,
    FeedHealth,
    HourCoverage,
    JoinedView,
    KeyView,
    PositionView,
    SightingView,
    Status,
    StoryTrace,
    StoryView,
    TagView,
    Total,
    Trace,
)

__all__ = [
    "AlertDetail",
    "AlertView",
    "CellCount",
    "CountPoint",
    "DeadLetterView",
    "DecisionView",
    "DeliveryView",
    "FeedHealth",
    "HourCoverage",
    "JoinedView",
    "KeyView",
    "Place",
    "PositionView",
    "SightingView",
    "Status",
    "StoryTrace",
    "StoryView",
    "TagView",
    "Total",
    "Trace",
    "alert_by_id",
    "body_of",
    "count_series",
    "coverage_by_hour",
    "dead_letter_at",
    "dead_letters",
    "dimension_totals",
    "feed_health",
    "last_alert_before",
    "latest_alerts",
    "latest_stories",
    "places_not_replayed",
    "read_cells",
    "status",
    "story_by_id",
    "topic_totals",
    "trace",
    "watched_since",
]
