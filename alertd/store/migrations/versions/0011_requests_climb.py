"""A request that nobody decides climbs, and is told when its limit passes; what waits is looked at."""

import sqlalchemy as sa
from alembic import op

import alertd.store.types

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "requests", sa.Column("asked", alertd.store.types.Words(), nullable=False, server_default="")
    )
    op.add_column("requests", sa.Column("next_at", alertd.store.types.Instant(), nullable=True))
    op.create_index("ix_requests_next_at", "requests", ["next_at"])
    op.execute("UPDATE requests SET next_at = asked_at WHERE decision = ''")
