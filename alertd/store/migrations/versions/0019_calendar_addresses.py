"""Addresses at which calendars are read."""

import sqlalchemy as sa
from alembic import op

from alertd.store.types import Big, Instant

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_addresses",
        sa.Column("id", Big, nullable=False, autoincrement=False),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("holder", sa.String(120), nullable=False),
        sa.Column("about", sa.String(10), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant()),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_addresses"),
        sa.UniqueConstraint("secret", name="uq_calendar_addresses_secret"),
    )
    op.create_index("ix_calendar_addresses_holder", "calendar_addresses", ["holder"])
