"""What retention, `trace` and `forget` look for is found by an index, however much is stored.

Revision ID: 0004
Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("story_by_feed", "story", ["feed"], unique=False)
    op.create_index("cluster_by_founded", "cluster", ["founded_at"], unique=False)
    op.create_index("alert_by_story", "alert", ["story"], unique=False)
    op.create_index("outbox_by_written", "outbox", ["written_at"], unique=False)
