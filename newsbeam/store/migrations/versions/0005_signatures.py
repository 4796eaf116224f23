"""Near-duplicates: the signatures of clusters' founders, what they are looked up by, and how like its founder a copy is.

Clusters that were founded before have no signature: only equal texts join them.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("story", sa.Column("likeness", sa.Integer(), nullable=True))
    op.create_table(
        "signature",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("cluster", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index(op.f("ix_signature_recorded_at"), "signature", ["recorded_at"], unique=False)
    op.create_table(
        "anchor",
        sa.Column("hash", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash", "seq", name="anchor_key"),
        sqlite_with_rowid=False,
    )
