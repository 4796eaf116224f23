"""Charts are read from indexes alone: a month of counts lies on as many pages of the table as it has rows.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("count_by_topic", table_name="count")
    op.create_index(
        "count_by_topic",
        "count",
        ["topic", "dimension", "bucket", "value", "stories", "clusters"],
        unique=False,
    )
    op.create_index(
        "coverage_by_hour", "coverage", ["hour", "succeeded", "failed", "entries"], unique=False
    )
