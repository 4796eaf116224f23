"""Counts in the order in which charts read them, in one tree instead of three: a story writes some thirty of them.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("count_by_topic", table_name="count")
    op.rename_table("count", "count_by_bucket")
    op.create_table(
        "count",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("bucket", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("stories", sa.Integer(), nullable=False),
        sa.Column("clusters", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "topic",
            "dimension",
            "bucket",
            "value",
            name="count_key",
            postgresql_include=["stories", "clusters"],
        ),
        sqlite_with_rowid=False,
    )
    columns = "topic, dimension, bucket, value, stories, clusters"
    op.execute(
        f"INSERT INTO count ({columns}) SELECT {columns} FROM count_by_bucket"  # noqa: S608
        " ORDER BY topic, dimension, bucket, value"
    )
    op.drop_table("count_by_bucket")
